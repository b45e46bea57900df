import assert from 'node:assert/strict';
import { test } from 'node:test';
import { width } from '../../src/support/table.ts';
import { columnsOf, fitted, printable, printableDrawing } from '../../src/support/terminal.ts';

test('a terminal with 0 columns has an unknown width', () => {
  const said = [undefined, 0, -1, Number.NaN, 1, 20, 10_000];
  assert.deepEqual(
    said.map((columns) => columnsOf(columns === undefined ? {} : { columns })),
    [undefined, undefined, undefined, undefined, 1, 20, 10_000],
  );
});

test('a line is cut to the width of a terminal, with wide characters, at any width', () => {
  const line = 'Il gatto 日本語 é dorme 👩‍👩‍👧';
  for (const columns of [1, 2, 3, 10, 11, 12, 13, 20, 28]) {
    const shown = fitted(line, columns);
    assert.ok(width(shown) <= columns, `${columns}: ${shown}`);
    assert.ok(shown === line || shown.endsWith('…'), shown);
  }
  assert.equal(fitted(line), line);
  assert.equal(fitted(line, 10_000), line);
});

test('control characters are shown, not obeyed; lines and tabs stay', () => {
  const hostile = 'a\u001b]0;title\u0007\u001b[2Jb\r\u009b31mc\u007f\n\td\u0000';
  assert.equal(printable(hostile), 'a␛]0;title␇␛[2Jb␍�31mc␡\n\td␀');
  assert.equal(printable('Perché? 日本語'), 'Perché? 日本語');
});

test('a drawing keeps its colours, and no other control sequence', () => {
  assert.equal(
    printableDrawing('\u001b[48;5;16m 1\u001b[0m\u001b[2J\u001b]0;x'),
    '\u001b[48;5;16m 1\u001b[0m␛[2J␛]0;x',
  );
});
