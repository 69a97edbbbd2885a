import joi from 'joi';
import { HardwareSupport } from '../core/hardware-manager.ts';
import {
  BlockDeviceEraseError,
  CommandExecutionError,
  HardwareManagerConfigurationError,
  IncompatibleHardwareMethodError,
} from '../errors/catalogue.ts';

/**
 * What a third-party manager is given instead of importing it, since it may lie anywhere on the disk: joi for the schemas
 * of its steps, and the error classes that the dispatcher knows by identity.
 */
export const managerToolkit = Object.freeze({
  joi,
  HardwareSupport,
  BlockDeviceEraseError,
  CommandExecutionError,
  HardwareManagerConfigurationError,
  IncompatibleHardwareMethodError,
});

export type ManagerToolkit = typeof managerToolkit;
