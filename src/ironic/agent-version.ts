/** The version of ironic-python-agent that this agent answers like; Ironic keeps it with the node. */
export const emulatedAgentVersion = '12.0.0';
