import { describeDiagnosis, diagnose } from '../../doctor/doctor.ts';
import { defineCommand, noOptions } from '../command.ts';

export const doctor = defineCommand({
  name: 'doctor',
  summary: 'report what is installed, what works and how fast it is',
  json: true,
  options: noOptions,
  examples: ['attn doctor', 'attn doctor --json'],
  async run(_options, _positional, context) {
    const diagnosis = await diagnose();
    context.print(context.json ? JSON.stringify(diagnosis) : describeDiagnosis(diagnosis));
  },
});
