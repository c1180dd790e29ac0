/** Of the agent itself; shown in `state` and to the gateway. */
export const agentVersion = '1.0.0';
