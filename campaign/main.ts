// npm run campaign [-- faults|fuzz|soak|serve]: the long tests. docs/reliability.md lists the promises.
import { parseArgs } from 'node:util';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    minutes: { type: 'string', default: '60' },
    lines: { type: 'string', default: '100000' },
    scenario: { type: 'string' },
    target: { type: 'string' },
    from: { type: 'string', default: '0' },
    inputs: { type: 'string', default: '100000' },
    fault: { type: 'string' },
    every: { type: 'string', default: '1' },
    threads: { type: 'string', default: '1' },
  },
});
const parts = { faults: faultsPart, fuzz: fuzzPart, soak: soakPart, serve: servePart };
const names = positionals.length > 0 ? positionals : Object.keys(parts);
const unknown = names.find((name) => !Object.hasOwn(parts, name));
if (unknown !== undefined) {
  console.error(`there is no ${unknown}: npm run campaign [-- ${Object.keys(parts).join('|')}]`);
  process.exit(2);
}
let failed = false;
for (const name of names) failed = !(await parts[name as keyof typeof parts]()) || failed;
process.exitCode = failed ? 1 : 0;

async function soakPart(): Promise<boolean> {
  const { isFlat, megabytes, soak } = await import('./soak.ts');
  const say = (text: string) => console.log(`${new Date().toISOString()} ${text}`);
  const [minutes, lines, threads] = [Number(values.minutes), Number(values.lines), Number(values.threads)];
  const results = await soak({ minutes, lines, threads, say });
  for (const result of results) {
    const { what, samples, before, after, tensors } = result;
    console.log(
      `${isFlat(result) ? 'flat' : 'GROWS'} ${what}: ${megabytes(before)}, then ${megabytes(after)}; ${tensors.join(', then ')} tensors; ${samples} samples`,
    );
  }
  return results.every(isFlat);
}

async function faultsPart(): Promise<boolean> {
  const { measure, openWorkplace, pointsOf, tryFault, ways } = await import('./faults/faults.ts');
  const { scenarios } = await import('./faults/scenarios.ts');
  const every = Number(values.every);
  const place = await openWorkplace();
  const problems: string[] = [];
  let injected = 0;
  try {
    for (const scenario of scenarios) {
      if (values.scenario !== undefined && !values.scenario.split(',').includes(scenario.name)) continue;
      const measured = await measure(place, scenario);
      console.log(`${scenario.name}: ${measured.operations.length} file operations`);
      for (const way of ways) {
        if (values.fault !== undefined && !values.fault.split(',').includes(way.fault)) continue;
        const points = pointsOf(measured, way).filter((_, i) => i % every === 0);
        let found = 0;
        for (const at of points) {
          for (const { plan, operation, problem } of await tryFault(place, measured, way, at)) {
            found++;
            problems.push(
              `${scenario.name} ${way.fault}${way.stays ? ' and stays' : ''} at ${plan.at}, ${operation}: ${problem}`,
            );
            console.log(`  ${problems.at(-1)}`);
          }
        }
        injected += points.length;
        console.log(`  ${way.fault}${way.stays ? ' and stays' : ''}: ${points.length} faults, ${found} findings`);
      }
    }
  } finally {
    place.remove();
  }
  console.log(`${injected} faults injected, ${problems.length} findings`);
  return problems.length === 0;
}

async function fuzzPart(): Promise<boolean> {
  const { fuzz } = await import('./fuzz/parent.ts');
  const { targets } = await import('./fuzz/targets.ts');
  const [from, inputs] = [Number(values.from), Number(values.inputs)];
  let findings = 0;
  for (const { name } of targets) {
    if (values.target !== undefined && !values.target.split(',').includes(name)) continue;
    const seen = new Map<string, number>();
    const result = await fuzz(name, from, from + inputs, ({ number, file, problem }) => {
      // the same fault occurs thousands of times: its first line and where it was thrown identify it
      const kind = problem
        .split('\n')
        .slice(0, 2)
        .join(' ')
        .replace(/\d+/g, 'N')
        .replace(/attn-fuzz-[^/]+/g, '');
      const times = (seen.get(kind) ?? 0) + 1;
      seen.set(kind, times);
      if (times <= 2) console.log(`  ${name} ${number} ${file}: ${problem.split('\n').slice(0, 6).join('\n    ')}`);
    });
    findings += result.findings.length;
    const { read, refused, memory, seconds } = result;
    console.log(
      `${name}: ${result.inputs} inputs, ${read} read, ${refused} refused, ${result.findings.length} findings of ${seen.size} kinds, most memory ${(memory / 1e6).toFixed(0)} MB, ${seconds.toFixed(0)} s of processor time`,
    );
  }
  return findings === 0;
}

async function servePart(): Promise<boolean> {
  const { fuzzServer, startServer } = await import('./serve.ts');
  const server = await startServer();
  const [from, inputs] = [Number(values.from), Number(values.inputs)];
  const results: { readonly memory: number; readonly findings: readonly string[] }[] = [];
  try {
    // four quarters: what grows from the second to the last is a leak
    for (let quarter = 0; quarter < 4; quarter++) {
      const [start, end] = [quarter, quarter + 1].map((i) => from + Math.floor((i * inputs) / 4)) as [number, number];
      const { statuses, findings, again } = await fuzzServer(server.url, start, end);
      const memory = server.memory();
      results.push({ memory, findings });
      const counts = [...statuses].sort(([a], [b]) => a - b).map(([status, count]) => `${status}: ${count}`);
      console.log(
        `requests ${start} to ${end}: ${counts.join(', ')}; ${again} sent again after a pause; ${(memory / 1e6).toFixed(0)} MB`,
      );
      for (const finding of findings.slice(0, 20)) console.log(`  ${finding}`);
    }
  } finally {
    await server.close();
  }
  const findings = results.reduce((sum, result) => sum + result.findings.length, 0);
  const [, second, , last] = results.map(({ memory }) => memory) as [number, number, number, number];
  console.log(
    `${inputs} requests, ${findings} findings; memory ${(last / second).toFixed(2)} times that of the second quarter`,
  );
  return findings === 0 && last < 1.2 * second;
}
