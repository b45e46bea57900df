// Writes docs/config.md, docs/example.yaml and the library's TrainingOptions from the schema of a run:
// node --import tsx scripts/make-config-docs.ts
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { stringify } from 'yaml';
import { describeOptions, flagName, type OptionInfo } from '../src/config/options.ts';
import { presets } from '../src/config/presets.ts';
import { runSchema } from '../src/config/run.ts';
import { exampleYaml } from '../src/config/run-file.ts';
import { runSections } from '../src/config/run-options.ts';

/** The pages by their path from the project's root. */
export function configDocs(): Record<string, string> {
  return {
    'docs/config.md': configPage(),
    'docs/example.yaml': `# Every option of attn train with its default: attn train example.yaml\n\n${exampleYaml()}`,
    'src/library/training-options.ts': trainingOptions(),
  };
}

/** The options as a TypeScript interface with a comment on every key, for editors to show. */
function trainingOptions(): string {
  const keys = describeOptions(runSchema).map((info) => {
    const value = info.default === undefined ? '' : ` Default ${JSON.stringify(info.default).replaceAll('"', '`')}.`;
    const text = info.description[0]?.toUpperCase() + info.description.slice(1);
    return `  /** ${text}.${value} */\n  readonly ${info.key}?: ${typeOf(info)};`;
  });
  return `// Written by scripts/make-config-docs.ts from src/config/: change those, then run it again.
import type { DeviceName } from '../config/device-name.ts';

/** The options of a training run, as in docs/config.md. Conflicting options are rejected by name. */
export interface TrainingOptions {
${keys.join('\n')}
}
`;
}

function typeOf({ key, kind, choices }: OptionInfo): string {
  if (key === 'device') return 'DeviceName';
  const one = choices ? choices.map((choice) => `'${choice}'`).join(' | ') : kind === 'text' ? 'string' : kind;
  if (kind !== 'list') return one;
  return choices ? `readonly (${one})[]` : 'readonly string[]';
}

function configPage(): string {
  return `<!-- Written by scripts/make-config-docs.ts from src/config/: change those, then run it again. -->

# Options of a training run

Every option is a flag of \`attn train\` and, under its camelCase name, a key of a YAML file:

\`\`\`
attn train --score concat --hidden 512
attn train run.yaml --hidden 512        # flags win over the file
\`\`\`

A flag wins over the file, the file over \`--preset\`, the preset over the defaults below. A run writes all of them to
\`config.yaml\` in its folder; \`attn train checkpoints/concat/config.yaml\` runs it again.
[example.yaml](example.yaml) lists every key with a comment. A flag \`--no-...\` turns off what its last column describes.

${runSections.map(({ title, options }) => sectionTable(title, Object.keys(options))).join('\n\n')}

## Presets

${presetTable()}
`;
}

function sectionTable(title: string, keys: readonly string[]): string {
  const rows = describeOptions(runSchema)
    .filter((info) => keys.includes(info.key))
    .map((info) => {
      const flag = info.default === true ? info.flag.replace('--', '--no-') : info.flag;
      const choices = info.choices ? ` (${info.choices.map((choice) => `\`${choice}\``).join(', ')})` : '';
      const value = info.default === undefined ? '' : `\`${info.default}\``;
      return `| \`${info.key}\` | \`${flag}\` | ${value} | ${info.description}${choices} |`;
    });
  return [`## ${title}`, '', '| key | flag | default | meaning |', '|---|---|---|---|', ...rows].join('\n');
}

function presetTable(): string {
  const names = Object.entries(presets);
  const used = new Set(names.flatMap(([, values]) => Object.keys(values)));
  const keys = describeOptions(runSchema).filter((info) => used.has(info.key));
  const rows = keys.map(({ key }) => {
    const cells = names.map(([, values]) => {
      const value = (values as Record<string, unknown>)[key];
      return value === undefined ? '' : stringify(value).trim();
    });
    return `| \`${flagName(key).slice(2)}\` | ${cells.join(' | ')} |`;
  });
  return [
    `| | ${names.map(([name]) => `\`${name}\``).join(' | ')} |`,
    `|---${'|---'.repeat(names.length)}|`,
    ...rows,
  ].join('\n');
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const [path, text] of Object.entries(configDocs())) {
    writeFileSync(new URL(`../${path}`, import.meta.url), text);
  }
}
