export { AttnError, InputError, RunError } from './support/errors.ts';
