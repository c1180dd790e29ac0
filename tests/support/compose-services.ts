/** Names of the services of a compose file of ours. */
export const servicesIn = (file: string): readonly string[] => {
  const [services = ''] = file.split('\nvolumes:');
  return [...services.matchAll(/^ {2}(\w+):$/gm)].map(([, name = '']) => name);
};
