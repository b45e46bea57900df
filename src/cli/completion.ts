import { type CompletedCommand, type CompletedFlag, firstWords, groupsOf, type Shell } from './completion-table.ts';

/** A script with which a shell completes commands, flags and their values. */
export function completionScript(shell: Shell, table: readonly CompletedCommand[]): string {
  return { bash: bashScript, zsh: zshScript, fish: fishScript }[shell](table);
}

/** A shell word in single quotes, with those inside it escaped in a way that all three shells understand. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/** The flags with a kind of value, as the words `COMMAND FLAG` that the `case` statements of bash and zsh look for. */
function flagsWith(
  table: readonly CompletedCommand[],
  wanted: (flag: CompletedFlag) => boolean,
): { readonly patterns: string; readonly flag: CompletedFlag }[] {
  const byValue = new Map<string, { names: string[]; flag: CompletedFlag }>();
  for (const command of table) {
    for (const flag of command.flags.filter(wanted)) {
      const key = [flag.value].flat().join(' ');
      const entry = byValue.get(key) ?? { names: [], flag };
      entry.names.push(quoted(`${command.name} ${flag.name}`));
      byValue.set(key, entry);
    }
  }
  return [...byValue.values()].map(({ names, flag }) => ({ patterns: names.join(' | '), flag }));
}

const hasWords = ({ value }: CompletedFlag) => Array.isArray(value);
const takes = (kind: string) => (flag: CompletedFlag) => flag.value === kind;

/** The words after which a command has a second one. */
function doubleNames(table: readonly CompletedCommand[]): string {
  return table
    .filter(({ name }) => name.includes(' '))
    .map(({ name }) => quoted(name))
    .join(' | ');
}

function subcommands(table: readonly CompletedCommand[]): [first: string, seconds: string[]][] {
  return [...groupsOf(table)].map(([first, members]) => [
    first,
    members.map(({ name }) => name.slice(first.length + 1)),
  ]);
}

function bashScript(table: readonly CompletedCommand[]): string {
  const caseOf = (patterns: string, body: string) => `    ${patterns}) ${body} ;;`;
  const words = (list: readonly string[]) => `words=${quoted(list.join(' '))}`;
  return `# attn completion for bash: in ~/.bashrc, eval "$(attn completion bash)"
_attn() {
  local current=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD - 1]} command= words=
  if [ "$COMP_CWORD" -gt 2 ]; then
    case "\${COMP_WORDS[1]} \${COMP_WORDS[2]}" in
    ${doubleNames(table)}) command="\${COMP_WORDS[1]} \${COMP_WORDS[2]}" ;;
    esac
  fi
  if [ -z "$command" ] && [ "$COMP_CWORD" -gt 1 ]; then command=\${COMP_WORDS[1]}; fi
  COMPREPLY=()
  case "$command $previous" in
${flagsWith(table, hasWords)
  .map(({ patterns, flag }) => caseOf(patterns, words(flag.value as string[])))
  .join('\n')}
${flagsWith(table, takes('path'))
  .map(({ patterns }) => caseOf(patterns, 'return'))
  .join('\n')}
${flagsWith(table, takes('other'))
  .map(({ patterns }) => caseOf(patterns, 'compopt +o default 2>/dev/null; return'))
  .join('\n')}
  esac
  if [ -z "$words" ]; then
    case "$command:$COMP_CWORD:$current" in
    :1:*) ${words([...firstWords(table).map(({ name }) => name), 'help', '--help', '--version'])} ;;
${table.map(({ name, flags }) => caseOf(`${quoted(name)}:*:-*`, words(flags.map((flag) => flag.name)))).join('\n')}
${subcommands(table)
  .map(([first, seconds]) => caseOf(`${first}:2:*`, words(seconds)))
  .join('\n')}
${table.flatMap(({ name, words: list }) => (list ? [caseOf(`${quoted(name)}:*`, words(list))] : [])).join('\n')}
    esac
  fi
  # without words of its own bash completes files
  if [ -n "$words" ]; then COMPREPLY=($(compgen -W "$words" -- "$current")); fi
}
complete -o default -F _attn attn
`;
}

function zshScript(table: readonly CompletedCommand[]): string {
  const caseOf = (patterns: string, body: string) => `    (${patterns}) ${body} ;;`;
  const described = (list: readonly { name: string; summary: string }[]) =>
    list.map(({ name, summary }) => quoted(`${name.replaceAll(':', '\\:')}:${summary}`)).join(' ');
  return `#compdef attn
# attn completion for zsh: in ~/.zshrc after compinit, eval "$(attn completion zsh)"
_attn() {
  local command current=$words[CURRENT] previous=$words[CURRENT-1]
  local -a items
  if (( CURRENT > 3 )); then
    case "$words[2] $words[3]" in
    (${doubleNames(table)}) command="$words[2] $words[3]" ;;
    esac
  fi
  if [[ -z $command ]] && (( CURRENT > 2 )); then command=$words[2]; fi
  case "$command $previous" in
${flagsWith(table, hasWords)
  .map(({ patterns, flag }) => caseOf(patterns, `compadd -- ${(flag.value as string[]).join(' ')}; return`))
  .join('\n')}
${flagsWith(table, takes('path'))
  .map(({ patterns }) => caseOf(patterns, '_files; return'))
  .join('\n')}
${flagsWith(table, takes('other'))
  .map(({ patterns }) => caseOf(patterns, 'return'))
  .join('\n')}
  esac
  case "$command:$CURRENT:$current" in
    (:2:*) items=(${described(firstWords(table))}) ;;
${table.map(({ name, flags }) => caseOf(`${quoted(name)}:*:-*`, `items=(${described(flags)})`)).join('\n')}
${[...groupsOf(table)]
  .map(([first, members]) => {
    const seconds = members.map(({ name, summary }) => ({ name: name.slice(first.length + 1), summary }));
    return caseOf(`${first}:3:*`, `items=(${described(seconds)})`);
  })
  .join('\n')}
${table.flatMap(({ name, words }) => (words ? [caseOf(`${quoted(name)}:*`, `compadd -- ${words.join(' ')}; return`)] : [])).join('\n')}
  esac
  if (( $#items )); then _describe attn items; else _files; fi
}
if [[ $funcstack[1] = _attn ]]; then _attn "$@"; else compdef _attn attn; fi
`;
}

function fishScript(table: readonly CompletedCommand[]): string {
  const lines = [
    ...firstWords(table).map(({ name, summary }) => [`-n '__attn_is ""' -a ${name}`, summary] as const),
    ...[...groupsOf(table)].flatMap(([first, members]) =>
      members.map(
        ({ name, summary }) => [`-n '__attn_begins ${first}' -a ${name.slice(first.length + 1)}`, summary] as const,
      ),
    ),
    ...table.flatMap(({ name, flags, words }) => [
      ...flags.map(
        (flag) => [`-n '__attn_is "${name}"' -l ${flag.name.slice(2)} ${fishValue(flag)}`, flag.summary] as const,
      ),
      ...(words ? [[`-n '__attn_is "${name}"' -a '${words.join(' ')}'`, ''] as const] : []),
    ]),
  ];
  return `# attn completion for fish: attn completion fish > ~/.config/fish/completions/attn.fish
function __attn_is
  set -l before (commandline -opc)[2..-1]
  set -l command "$before[1]"
  switch "$before[1] $before[2]"
    case ${doubleNames(table).replaceAll(' | ', ' ')}
      set command "$before[1] $before[2]"
  end
  test "$command" = "$argv[1]"
end
function __attn_begins
  set -l before (commandline -opc)[2..-1]
  test (count $before) -eq 1; and test "$before[1]" = "$argv[1]"
end
complete -c attn -f -n '__attn_is ""'
${lines.map(([what, summary]) => `complete -c attn ${what} -d ${fishQuoted(summary)}`).join('\n')}
`;
}

function fishValue({ value }: CompletedFlag): string {
  if (value === 'none') return '';
  if (value === 'path') return '-r -F';
  return value === 'other' ? '-x' : `-x -a '${value.join(' ')}'`;
}

/** In fish, a backslash in single quotes is literal, except before another backslash or a quote. */
function fishQuoted(text: string): string {
  return `'${text.replace(/[\\']/g, '\\$&')}'`;
}
