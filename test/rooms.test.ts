import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { test } from 'node:test';

const sources = readdirSync('src', { recursive: true, encoding: 'utf8' })
  .map((name) => name.replaceAll('\\', '/'))
  .filter((name) => name.endsWith('.ts'));
const roomOf = (path: string) => path.split('/')[0] as string;

/** The rooms from which each room imports, types and lazy imports included, without the rooms that all may use. */
function arrows(open: readonly string[]): Map<string, Set<string>> {
  const rooms = new Map<string, Set<string>>();
  for (const name of sources) {
    const room = roomOf(name);
    if (open.includes(room)) continue;
    const known = rooms.get(room) ?? new Set();
    rooms.set(room, known);
    for (const [, path = ''] of readFileSync(join('src', name), 'utf8').matchAll(/(?:from|import\()\s*'(\.[^']+)'/g)) {
      const other = roomOf(normalize(join(dirname(name), path)).replaceAll('\\', '/'));
      if (other !== room && !open.includes(other)) known.add(other);
    }
  }
  return rooms;
}

function perRoom(rooms: ReadonlyMap<string, ReadonlySet<string>>): number {
  return [...rooms.values()].reduce((sum, known) => sum + known.size, 0) / rooms.size;
}

/** The rooms that combine the others, each for other users. */
const doors = ['workflows', 'server', 'web', 'cli', 'library'];

test('rooms depend on few others', (t) => {
  const rooms = arrows(['support', 'config']);
  t.diagnostic(
    `arrows per room: ${perRoom(arrows([])).toFixed(2)}; ${perRoom(rooms).toFixed(2)} without support, config`,
  );
  for (const [room, known] of rooms) t.diagnostic(`${room} -> ${[...known].sort().join(', ')}`);
  for (const door of doors) assert.ok(rooms.delete(door), door);
  assert.ok(perRoom(rooms) < 2.2, `${perRoom(rooms)}`);
});

test('no file of src has more than 300 lines', () => {
  const long = sources.filter((name) => readFileSync(join('src', name), 'utf8').split('\n').length > 301);
  assert.deepEqual(long, []);
});
