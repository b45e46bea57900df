// Runs the tests with Node's own runner: every test/**/*.test.ts, or those whose path contains one of the given words.
// Options are passed to Node: --watch, --inspect, --test-name-pattern=WORDS. With ATTN_REQUIRE_TF=1 a missing
// TensorFlow, without which most tests are skipped, is a failure.
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';

const isOption = (word) => word.startsWith('-');
const options = process.argv.slice(2).filter(isOption);
const words = process.argv.slice(2).filter((word) => !isOption(word));
const files = readdirSync('test', { recursive: true })
  .map((name) => `test/${name.replaceAll('\\', '/')}`)
  .filter((name) => name.endsWith('.test.ts') && (words.length === 0 || words.some((word) => name.includes(word))))
  .sort();
if (files.length === 0) {
  console.error(`no test matches ${words.join(' ')}`);
  process.exit(2);
}
if (process.env.ATTN_REQUIRE_TF === '1') {
  const ask = "import('./src/tensor/backend.ts').then((m) => process.exit(m.hasTensorFlow() ? 0 : 1))";
  if (spawnSync(process.execPath, ['--import', 'tsx', '--eval', ask], { stdio: 'inherit' }).status !== 0) {
    console.error('ATTN_REQUIRE_TF=1, and TensorFlow cannot be used here: npm run setup says why');
    process.exit(1);
  }
}
const flags = ['--import', 'tsx', '--test', '--test-concurrency=2', ...options];
const { status } = spawnSync(process.execPath, [...flags, ...files], { stdio: 'inherit' });
process.exit(status ?? 1);
