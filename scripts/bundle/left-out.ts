import type { Plugin } from 'esbuild';

/** BullMQ's other store, with all of its SQL, is loaded by its index though nobody here asks for it. */
export const leaveOutPostgres: Plugin = {
  name: 'leave-out-postgres',
  setup({ onLoad }) {
    onLoad({ filter: /\/bullmq\/dist\/cjs\/postgres\/index\.js$/ }, () => ({ contents: '' }));
  },
};
