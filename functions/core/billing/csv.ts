/**
 * CSV as spreadsheets write it (RFC 4180): quoted fields with commas, line ends and doubled quotes in
 * them, either line end, a byte order mark. Pure; a quote that never closes ends the text.
 */
export const readCsv = (text: string): readonly (readonly string[])[] => {
  const records: string[][] = [];
  let fields: string[] = [];
  let field = '';
  let quoted = false;
  const endField = (): void => {
    fields.push(field);
    field = '';
  };
  const endRecord = (): void => {
    endField();
    if (fields.some((one) => one.trim() !== '')) records.push(fields);
    fields = [];
  };
  const source = text.replace(/^\uFEFF/, '');
  for (let at = 0; at < source.length; at += 1) {
    const character = source.charAt(at);
    if (quoted) {
      if (character !== '"') field += character;
      else if (source.charAt(at + 1) === '"') {
        field += '"';
        at += 1;
      } else quoted = false;
    } else if (character === '"' && field === '') quoted = true;
    else if (character === ',') endField();
    else if (character === '\n') endRecord();
    else if (character !== '\r') field += character;
  }
  endRecord();
  return records;
};
