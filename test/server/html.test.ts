import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { escapeWords, htmlParts } from '../../src/server/html.ts';

test('tags, comments, scripts and anything without words stay markup; entities are decoded', () => {
  assert.deepEqual(
    htmlParts('<p class="a>b">Ho <b>fame</b> &amp; sete.</p><!-- <i>no</i> --><script>if (a<b) f()</SCRIPT> &nbsp;–'),
    [
      { markup: '<p class="a>' },
      { words: 'b">Ho ' },
      { markup: '<b>' },
      { words: 'fame' },
      { markup: '</b>' },
      { words: ' & sete.' },
      { markup: '</p>' },
      { markup: '<!-- <i>no</i> -->' },
      { markup: '<script>if (a<b) f()</SCRIPT>' },
      { markup: ' &nbsp;–' },
    ],
  );
});

test('a sign that starts no tag is a word', () => {
  assert.deepEqual(htmlParts('1 < 2 e 3 <b'), [{ words: '1 < 2 e 3 <b' }]);
  assert.equal(escapeWords('1 < 2 & 3 > 2'), '1 &lt; 2 &amp; 3 &gt; 2');
});

test('markup and words together give the original HTML back', () => {
  const unit = fc.constantFrom('<', '>', 'b', '/', '!', '--', 'script', ' ', 'è', '<b>', '</script>', '<!--', '-->');
  fc.assert(
    fc.property(fc.string({ unit }), (html) => {
      const whole = htmlParts(html).map((part) => ('markup' in part ? part.markup : part.words));
      assert.equal(whole.join(''), html);
    }),
  );
});

test('many signs that open nothing are fast', () => {
  for (const sign of ['<', '<!--', '<script', '&#']) htmlParts(sign.repeat(200_000));
});
