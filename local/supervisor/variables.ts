/** What each function is told, and no more: separate by privilege. Names as in `.env.example`. */
import { payappUserId } from './parts.ts';
import { agentImage, openclawImage } from './images.ts';
import type { Secrets } from './secrets.ts';
import type { World } from './world.ts';

type Variables = Readonly<Record<string, string>>;

/** Lowest OpenClaw version that may be handed over: fixes of 2026.5.18 and before. */
const versionFloor = '2026.5.18';

export const functionVariables = (
  world: World,
  secrets: Secrets,
): Readonly<Record<string, Variables>> => {
  const site: Variables = { SITE_URL: world.siteUrl };
  const runtimeHosts: Variables = { RUNTIME_DOMAIN: world.runtimeDomain, RUNTIME_SCHEME: 'http' };
  const payments: Variables = {
    PAYAPP_API_URL: `${world.payappUrl}/oapi/apiLoad.html`,
    PAYAPP_USERID: payappUserId,
    PAYAPP_LINKKEY: secrets.payappLinkKey,
    ORDER_TOKEN_KEY: secrets.orderTokenKey,
    FEEDBACK_BASE_URL: world.feedbackBaseUrl,
  };
  const agent: Variables = {
    TICKET_SIGNING_KEY: secrets.ticketSigningKey,
    // Names under .localhost do not resolve in Node: connect to loopback instead.
    RUNTIME_ADDRESS: '127.0.0.1',
  };
  const deployer: Variables = {
    DOKPLOY_URL: world.dokployUrl,
    DOKPLOY_API_KEY: secrets.dokployKey,
  };
  const stack: Variables = {
    OPENCLAW_IMAGE: openclawImage(),
    AGENT_IMAGE: agentImage,
    OPENCLAW_VERSION_FLOOR: versionFloor,
    CODEX_AUTHORIZE_ORIGIN: world.openaiUrl,
  };
  return {
    signup: site,
    workspaces: runtimeHosts,
    checkout: { ...site, ...runtimeHosts, ...payments },
    payapp: {
      PAYAPP_USERID: payappUserId,
      PAYAPP_LINKKEY: secrets.payappLinkKey,
      PAYAPP_LINKVAL: secrets.payappLinkVal,
      ORDER_TOKEN_KEY: secrets.orderTokenKey,
    },
    runtime: { ...runtimeHosts, ...agent },
    reconcile: { ...site, ...runtimeHosts, ...payments, ...agent, ...deployer, ...stack },
    operator: { ...site, ...payments, ...deployer },
  };
};
