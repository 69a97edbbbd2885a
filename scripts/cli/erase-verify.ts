import type { Command } from 'commander';

/** `ironhand erase verify FILE` */
export function addEraseVerify(group: Command): void {
  group
    .command('verify')
    .description('Check an erase certificate: its form, its signature, and what it says.')
    .argument('<file>', 'the certificate, *.json')
    .action(() => {
      throw new Error('not there yet');
    });
}
