/**
 * One step that every automated clean begins with, and that asks for a restart of the machine. Loaded as any hardware manager of a
 * vendor is.
 *
 * @param {import('ironhand/src/hardware/toolkit.ts').ManagerToolkit} toolkit
 * @returns {import('ironhand/src/core/hardware-manager.ts').HardwareManager}
 */
export default function rebootManager({ joi, HardwareSupport }) {
  return {
    name: 'reboot_manager',
    className: 'RebootManager',
    version: '1.0',
    evaluateSupport: async () => HardwareSupport.mainline,
    steps: [
      {
        name: 'lab_reboot',
        summary: 'Ask for a restart of the machine.',
        interface: 'deploy',
        offer: { clean: 50 },
        args: joi.object({}),
        queue: 'inspection',
        replay: 'repeatable',
        progress: 'steps',
        abortable: true,
        rebootRequested: true,
        run: async () => null,
      },
    ],
  };
}
