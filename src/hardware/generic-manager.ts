import { defineHardwareManager, HardwareSupport } from '../core/hardware-manager.ts';
import { stepCatalogue } from '../steps/catalogue.ts';
import { listBlockDevices } from '../storage/list-block-devices.ts';

/** Works on any machine; every step that Ironhand brings is its. */
export const genericManager = defineHardwareManager({
  name: 'generic_hardware_manager',
  className: 'GenericHardwareManager',
  version: '1.0',
  steps: [...stepCatalogue.values()],
  evaluateSupport: () => Promise.resolve(HardwareSupport.generic),
  listBlockDevices,
});
