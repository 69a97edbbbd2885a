/**
 * @typedef {import('ironhand/src/hardware/toolkit.ts').ManagerToolkit} ManagerToolkit
 * @typedef {import('ironhand/src/core/hardware-manager.ts').HardwareManager} HardwareManager
 * @typedef {import('ironhand/src/core/job-context.ts').Host} Host
 * @typedef {import('ironhand/src/core/job-context.ts').StepContext} StepContext
 * @typedef {'healthy' | 'failing' | 'unknown'} Health
 */

const program = 'smartctl';

/** Bits of the exit code, smartctl(8): the device could not be asked; the disk says that it is failing. */
const couldNotAsk = 0b0000_0011;
const diskFailing = 0b0000_1000;

/** Every exit code is an answer here; only a smartctl that cannot be run at all is an error. */
const okExitCodes = Array.from({ length: 127 }, (_, code) => code);

/**
 * Ironhand calls this once per worker process with what a manager may use of it.
 *
 * @param {ManagerToolkit} toolkit
 * @returns {HardwareManager}
 */
export default function diskHealthManager(toolkit) {
  const { joi, HardwareSupport, CommandExecutionError, IncompatibleHardwareMethodError } = toolkit;

  return {
    name: 'disk_health_manager',
    className: 'DiskHealthManager',
    version: '1.0',

    /** @param {Host} host */
    async evaluateSupport(host) {
      try {
        await host.run({ program, args: ['--version'], effect: { kind: 'read' } });
        return HardwareSupport.mainline;
      } catch (error) {
        host.log.info({ error }, 'disk health manager not used: smartctl is missing');
        return HardwareSupport.none;
      }
    },

    steps: [
      {
        name: 'check_disk_health',
        summary: 'Fail when a disk says that it is about to fail.',
        interface: 'deploy',
        // Runs in every automated cleaning, before the disks are erased; elsewhere only on request.
        offer: { clean: 100, service: 0 },
        args: joi.object({
          require_answer: joi.boolean().default(false).description('Fail also when a disk cannot tell its health.'),
        }),
        queue: 'inspection',
        // It changes nothing, so it may run again after a crash.
        replay: 'repeatable',
        progress: 'devices',
        abortable: true,
        rebootRequested: false,

        /**
         * @param {{require_answer: boolean}} args
         * @param {StepContext} context
         */
        async run(args, context) {
          const disks = await context.managers.listBlockDevices(context);
          /** @type {Record<string, Health>} */
          const health = {};
          for (const [done, { path }] of disks.entries()) {
            context.report({ phase: 'check', done, total: disks.length });
            health[path] = await healthOf(path, context);
          }
          context.report({ phase: 'check', done: disks.length, total: disks.length });
          context.log.info({ health }, 'disk health');

          const bad = disksThatAre('failing', health);
          if (bad.length > 0) throw new CommandExecutionError(`disks that are about to fail: ${bad.join(', ')}`);
          const silent = disksThatAre('unknown', health);
          if (args.require_answer && silent.length > 0) {
            throw new CommandExecutionError(`disks that cannot tell their health: ${silent.join(', ')}`);
          }
          if (silent.length === disks.length) {
            throw new IncompatibleHardwareMethodError('no disk of this machine can tell its health');
          }
          return health;
        },
      },
    ],
  };
}

/**
 * @param {string} device
 * @param {StepContext} context
 * @returns {Promise<Health>}
 */
async function healthOf(device, context) {
  const args = ['--health', device];
  const { exitCode } = await context.run({ program, args, effect: { kind: 'read' }, okExitCodes });
  if (exitCode & couldNotAsk) return 'unknown';
  return exitCode & diskFailing ? 'failing' : 'healthy';
}

/**
 * @param {Health} wanted
 * @param {Record<string, Health>} health
 */
function disksThatAre(wanted, health) {
  return Object.keys(health).filter((path) => health[path] === wanted);
}
