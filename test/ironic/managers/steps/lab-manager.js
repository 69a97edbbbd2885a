/**
 * Steps for the flows against a real conductor: nothing is done to any device. Loaded as any hardware manager of a vendor is.
 *
 * @param {import('ironhand/src/hardware/toolkit.ts').ManagerToolkit} toolkit
 * @returns {import('ironhand/src/core/hardware-manager.ts').HardwareManager}
 */
export default function labManager({ joi, HardwareSupport, CommandExecutionError }) {
  const common = {
    interface: 'deploy',
    offer: { clean: 0, deploy: 0, service: 0 },
    args: joi.object({}),
    queue: 'inspection',
    replay: 'repeatable',
    progress: 'seconds',
    abortable: true,
    rebootRequested: false,
  };
  return {
    name: 'lab_manager',
    className: 'LabManager',
    version: '1.0',
    evaluateSupport: async () => HardwareSupport.mainline,
    steps: [
      {
        ...common,
        name: 'lab_wait',
        summary: 'Wait, and tell how far it is.',
        args: joi.object({ seconds: joi.number().required().description('How long.') }),
        async run({ seconds }, context) {
          for (let done = 0; done < seconds; done++) {
            context.report({ phase: 'wait', done, total: seconds });
            context.signal.throwIfAborted();
            await new Promise((resolve) => setTimeout(resolve, 1000));
          }
          return null;
        },
      },
      {
        ...common,
        name: 'lab_wait_once',
        summary: 'Wait, and never begin again.',
        replay: 'once',
        args: joi.object({ seconds: joi.number().required().description('How long.') }),
        async run({ seconds }) {
          await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
          return null;
        },
      },
      {
        ...common,
        name: 'lab_fail',
        summary: 'Fail as a program on a device does.',
        args: joi.object({ device: joi.string().required().description('The device that is named.') }),
        async run({ device }, context) {
          const call = { program: 'blkid', args: ['--no-such-flag', device], effect: { kind: 'read' } };
          await context.run(call).catch((error) => {
            throw new CommandExecutionError(`${device}: ${error.message}`, { cause: error });
          });
        },
      },
    ],
  };
}
