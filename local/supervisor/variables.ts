/** Values of the functions' variables on this machine. Names as in `.env.example`. */
import { variableNames } from '#ops/deploy/variables.ts';
import { payappUserId, recurring } from './parts.ts';
import { agentImage, openclawImage } from './images.ts';
import type { Secrets } from './secrets.ts';
import type { World } from './world.ts';

/** Lowest OpenClaw version that may be handed over: the first that has `models.authLogin`. */
const versionFloor = '2026.9.5';

export const variableValues = (
  world: World,
  secrets: Secrets,
): Readonly<Record<string, string>> => ({
  SITE_URL: world.siteUrl,
  RUNTIME_DOMAIN: world.runtimeDomain,
  RUNTIME_SCHEME: 'http',
  PAYAPP_API_URL: `${world.payappUrl}/oapi/apiLoad.html`,
  PAYAPP_USERID: payappUserId,
  PAYAPP_LINKKEY: secrets.payappLinkKey,
  PAYAPP_LINKVAL: secrets.payappLinkVal,
  ORDER_TOKEN_KEY: secrets.orderTokenKey,
  PAYAPP_RECURRING: recurring(),
  FEEDBACK_BASE_URL: world.feedbackBaseUrl,
  TICKET_SIGNING_KEY: secrets.ticketSigningKey,
  // Names under .localhost do not resolve in Node: connect to loopback instead.
  RUNTIME_ADDRESS: '127.0.0.1',
  DOKPLOY_URL: world.dokployUrl,
  DOKPLOY_API_KEY: secrets.dokployKey,
  OPENCLAW_IMAGE: openclawImage(),
  AGENT_IMAGE: agentImage,
  OPENCLAW_VERSION_FLOOR: versionFloor,
  CODEX_AUTHORIZE_ORIGIN: world.openaiUrl,
});

/** What each function is told of them. */
export const functionVariables = (
  world: World,
  secrets: Secrets,
): Readonly<Record<string, Readonly<Record<string, string>>>> => {
  const values = Object.entries(variableValues(world, secrets));
  return Object.fromEntries(
    Object.entries(variableNames).map(([functionId, names]) => [
      functionId,
      Object.fromEntries(values.filter(([name]) => names.includes(name))),
    ]),
  );
};
