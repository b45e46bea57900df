import { InputError } from '../../support/errors.ts';
import { didYouMean } from '../../support/nearest.ts';
import { type AnyCommand, type CommandEntry, defineCommand, noOptions } from '../command.ts';
import { completionScript } from '../completion.ts';
import { completionTable, shells } from '../completion-table.ts';

/** The command that completes these commands. */
export function completionOf(commands: readonly CommandEntry[]): AnyCommand {
  return defineCommand({
    name: 'completion',
    summary: 'print a script that makes bash, zsh or fish complete commands, options and their values',
    arguments: [{ name: '<shell>', description: shells.join(', ') }],
    options: noOptions,
    examples: [
      'eval "$(attn completion bash)"                                 # in ~/.bashrc; zsh: in ~/.zshrc, after compinit',
      'attn completion fish > ~/.config/fish/completions/attn.fish',
    ],
    async run(_, [name = ''], context) {
      const shell = shells.find((one) => one === name);
      if (shell === undefined) {
        throw new InputError(`there is no completion for '${name}'`, {
          remedy: `${didYouMean(name, shells)}shells: ${shells.join(', ')}`,
        });
      }
      await context.write(completionScript(shell, await completionTable(commands)));
    },
  });
}
