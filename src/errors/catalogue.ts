import { AgentError, type ErrorKind, type RetryMeaning } from './agent-error.ts';

/** The class of one wire error. */
export interface AgentErrorClass {
  new (details: string, options?: ErrorOptions): AgentError;
  readonly kind: ErrorKind;
}

const classes = new Map<string, AgentErrorClass>();

function defineError(type: string, code: number, message: string, retry: RetryMeaning = 'never'): AgentErrorClass {
  const kind = Object.freeze({ type, code, message, retry });
  const errorClass = class extends AgentError {
    static readonly kind = kind;

    constructor(details: string, options?: ErrorOptions) {
      super(kind, details, options);
    }
  };
  Object.defineProperty(errorClass, 'name', { value: type });
  classes.set(type, errorClass);
  return errorClass;
}

/** Every error that can appear on the wire, by type. */
export const errorCatalogue: ReadonlyMap<string, AgentErrorClass> = classes;

// The request could not be accepted; nothing was stored.
export const InvalidContentError = defineError('InvalidContentError', 400, 'Invalid request body');
export const InvalidCommandError = defineError('InvalidCommandError', 400, 'Invalid command');
export const InvalidCommandParamsError = defineError('InvalidCommandParamsError', 400, 'Invalid command parameters');
export const UnauthorizedError = defineError('UnauthorizedError', 401, '401 Unauthorized');
export const RequestedObjectNotFoundError = defineError('RequestedObjectNotFoundError', 404, 'Not found');
export const AgentIsBusyError = defineError('AgentIsBusy', 409, 'Agent is busy', 'safe');
export const CommandNotCancellableError = defineError('CommandNotCancellableError', 409, 'Command cannot be cancelled');
export const QueryTimeoutError = defineError('QueryTimeoutError', 504, 'No answer in time', 'safe');
export const NoTurnError = defineError('NoTurnError', 503, 'The turn of the command did not come', 'safe');
export const QueueUnavailableError = defineError('QueueUnavailableError', 503, 'Command queue is unavailable', 'safe');

// A command ran and failed.
export const CommandExecutionError = defineError('CommandExecutionError', 500, 'Command execution failed');
export const InterruptedError = defineError('InterruptedError', 500, 'Command was interrupted');
export const CommandCancelledError = defineError('CommandCancelledError', 500, 'Command was cancelled');
export const JobSignatureError = defineError('JobSignatureError', 500, 'Job is not signed by this agent');
export const SafetyLatchError = defineError('SafetyLatchError', 500, 'Refused by the safety latch');
export const SystemRebootError = defineError('SystemRebootError', 500, 'Error rebooting system');
export const ClockSyncError = defineError('ClockSyncError', 500, 'Error syncing system clock');
export const LogCollectionError = defineError('LogCollectionError', 500, 'Error collecting system logs');

// Steps.
export const CleaningError = defineError('CleaningError', 500, 'Clean step failed');
export const DeploymentError = defineError('DeploymentError', 500, 'Deploy step failed');
export const ServicingError = defineError('ServicingError', 500, 'Service step failed');
export const VersionMismatchError = defineError('VersionMismatch', 409, 'Hardware managers version mismatch');
export const HardwareManagerNotFoundError = defineError(
  'HardwareManagerNotFound',
  500,
  'No valid HardwareManager found',
);
export const HardwareManagerMethodNotFoundError = defineError(
  'HardwareManagerMethodNotFound',
  500,
  'No HardwareManager found to handle method',
);
export const HardwareManagerConfigurationError = defineError(
  'HardwareManagerConfigurationError',
  500,
  'Hardware manager configuration error',
);
export const IncompatibleHardwareMethodError = defineError(
  'IncompatibleHardwareMethodError',
  500,
  'Method is not compatible with this hardware',
);

// Storage and images.
export const DeviceNotFoundError = defineError('DeviceNotFound', 404, 'No suitable device was found');
export const BlockDeviceEraseError = defineError('BlockDeviceEraseError', 500, 'Error erasing block device');
export const ErasePlanChangedError = defineError(
  'ErasePlanChangedError',
  409,
  'The erase plan is not the approved one',
);
export const ProtectedDeviceError = defineError('ProtectedDeviceError', 500, 'Device is protected');
export const ImageDownloadError = defineError('ImageDownloadError', 500, 'Error downloading image');
export const ImageChecksumError = defineError('ImageChecksumError', 500, 'Error verifying image checksum');
export const ImageWriteError = defineError('ImageWriteError', 500, 'Error writing image to device');
export const InvalidImageError = defineError('InvalidImage', 500, 'The provided image is not valid for use');

// Talking to Ironic.
export const IronicAPIError = defineError('IronicAPIError', 500, 'Error in call to ironic-api', 'safe');
export const HeartbeatError = defineError('HeartbeatError', 500, 'Error heartbeating to agent API', 'safe');
export const LookupNodeError = defineError('LookupNodeError', 500, 'Error getting configuration from Ironic');
export const LookupAgentIPError = defineError('LookupAgentIPError', 500, 'Error finding IP for the ironic API to use');
export const InspectionError = defineError('InspectionError', 500, 'Error during inspection', 'safe');
export const ConfigurationError = defineError('ConfigurationError', 500, 'Invalid configuration');
