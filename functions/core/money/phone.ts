/**
 * Korean mobile numbers. Accepted as people type them (spaces, hyphens, dots, brackets, +82);
 * kept as digits. 010 has eleven digits; the older 011, 016–019 have ten or eleven.
 */
const shapes = [/^010\d{8}$/, /^01[16789]\d{7,8}$/];

/** Digits only, or null when this is no Korean mobile number. */
export const normalisePhone = (typed: string): string | null => {
  const compact = typed.trim().replace(/[\s().\-–]/g, '');
  const local = compact.replace(/^(?:\+|00)82(?:0)?/, '0');
  return shapes.some((shape) => shape.test(local)) ? local : null;
};
