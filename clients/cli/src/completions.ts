// What may come next on the command line, and the few lines of each shell that ask for it: commands, options and operations
// are never written down a second time.

import type { Command, Option } from 'commander';

export interface Candidate {
  readonly name: string;
  readonly about: string;
}

/** `words` are those after `bezant`; the last is being typed. `load` makes a command's own options known. */
export async function candidates(
  program: Command,
  words: readonly string[],
  load: (command: Command) => Promise<void>,
): Promise<Candidate[]> {
  const typed = words.at(-1) ?? '';
  let command = program;
  let given = 0;
  let valueOf: Option | undefined;
  for (const word of words.slice(0, -1)) {
    if (valueOf !== undefined) {
      valueOf = undefined;
    } else if (word.startsWith('-')) {
      valueOf = optionsOf(command, program).find(
        (option) => [option.long, option.short].includes(word) && option.required,
      );
    } else {
      const next = command.commands.find((each) => each.name() === word);
      given = next === undefined ? given + 1 : 0;
      command = next ?? command;
      if (next !== undefined) await load(next);
    }
  }
  return possible(program, command, given, valueOf, typed).filter(({ name }) => name.startsWith(typed));
}

function possible(
  program: Command,
  command: Command,
  given: number,
  valueOf: Option | undefined,
  typed: string,
): Candidate[] {
  if (valueOf !== undefined) return (valueOf.argChoices ?? []).map((name) => ({ name, about: '' }));
  if (typed.startsWith('-')) {
    return optionsOf(command, program).flatMap(({ long, description, hidden }) =>
      long === undefined || hidden ? [] : [{ name: long, about: description }],
    );
  }
  const argument = command.registeredArguments[given] ?? command.registeredArguments.at(-1);
  return [
    ...(given > 0 ? [] : command.commands.map((each) => ({ name: each.name(), about: each.summary() }))),
    ...(argument?.argChoices ?? []).map((name) => ({ name, about: '' })),
  ].filter(({ name }) => !name.startsWith('_'));
}

function optionsOf(command: Command, program: Command): readonly Option[] {
  return command === program ? program.options : [...command.options, ...program.options];
}

/** A candidate a line: its name, a tab, what it is. */
export const scripts: Readonly<Record<string, string>> = {
  bash: `# bezant completion bash > ~/.local/share/bash-completion/completions/bezant
_bezant() {
  local IFS=$'\\n'
  COMPREPLY=($(bezant __complete -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null | cut -f1))
}
complete -o default -F _bezant bezant
`,
  zsh: `#compdef bezant
# bezant completion zsh > a folder of $fpath, as _bezant
_bezant() {
  local -a found
  found=("\${(@f)$(bezant __complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
  found=("\${(@)found//:/\\\\:}")
  found=("\${(@)found/$'\\t'/:}")
  _describe bezant found
}
compdef _bezant bezant
`,
  fish: `# bezant completion fish > ~/.config/fish/completions/bezant.fish
complete -c bezant -f -a '(bezant __complete -- (commandline -opc)[2..-1] (commandline -ct) 2>/dev/null)'
`,
};
