/** A file has one reason to exist and can be read in one sitting. */
import { describe, expect, it } from 'vitest';
import ts from 'typescript';
import { sources } from './sources.ts';

const maxFileLines = 400;
const maxFunctionLines = 70;
const maxEntryLines = 25;

const linesOf = (text: string): number => text.trimEnd().split('\n').length;

const isFunction = (node: ts.Node): boolean =>
  ts.isFunctionDeclaration(node) ||
  ts.isMethodDeclaration(node) ||
  ts.isFunctionExpression(node) ||
  ts.isArrowFunction(node);

/** A module of tests is a list of promises: its describe blocks are no functions to judge. */
const isTest = (path: string): boolean => /\.test\.ts$/.test(path);

const longFunctions = (path: string, text: string): readonly string[] => {
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    if (isFunction(node)) {
      const start = file.getLineAndCharacterOfPosition(node.getStart(file)).line;
      const end = file.getLineAndCharacterOfPosition(node.end).line;
      if (end - start + 1 > maxFunctionLines) found.push(`${path}:${start + 1}`);
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
};

describe('sizes', () => {
  it(`no file is longer than ${maxFileLines} lines`, () => {
    const long = sources.filter((source) => linesOf(source.text) > maxFileLines);
    expect(long.map((source) => source.path)).toEqual([]);
  });

  it(`no function is longer than ${maxFunctionLines} lines`, () => {
    const long = sources
      .filter((source) => source.path.endsWith('.ts') && !isTest(source.path))
      .flatMap((source) => longFunctions(source.path, source.text));
    expect(long).toEqual([]);
  });

  it(`an entry is at most ${maxEntryLines} lines`, () => {
    const long = sources.filter(
      (source) =>
        /^functions\/entry\/.*main\.ts$/.test(source.path) && linesOf(source.text) > maxEntryLines,
    );
    expect(long.map((source) => source.path)).toEqual([]);
  });
});
