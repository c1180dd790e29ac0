/** The words of the commands; one implementation for this machine and for production. */
export { SetupError, say, step } from '#ops/deploy/output.ts';
