/** One line an operation of the runtime function. */
import * as contract from '#schemas/contract/runtimes.ts';
import { connectAgents } from '#adapters/agent/connect.ts';
import { connectAppwrite } from '#adapters/appwrite/connect.ts';
import { member } from '#adapters/http/serve.ts';
import type { RoutesOf } from '#adapters/http/serve.ts';
import { appwriteEnv } from '#adapters/system/env.ts';
import { system } from '#adapters/system/system.ts';
import { requestBackup } from '#app/runtimes/backup.ts';
import { openCodexLogin, openDeviceLogin, renewCodexTicket } from '#app/runtimes/codex.ts';
import { openRuntime } from '#app/runtimes/enter.ts';
import { requestExport } from '#app/runtimes/export.ts';
import { requestImport } from '#app/runtimes/import.ts';
import { requestDeletion, withdrawDeletion } from '#app/runtimes/leave.ts';
import { pause, resume } from '#app/runtimes/pause.ts';
import { refresh } from '#app/runtimes/refresh.ts';
import { requestOffsite } from '#app/runtimes/offsite.ts';
import { rename } from '#app/runtimes/rename.ts';
import { requestRestore } from '#app/runtimes/restore.ts';
import { requestRestart } from '#app/runtimes/restart.ts';
import { requestSmoke } from '#app/runtimes/smoke.ts';
import { requestVerify } from '#app/runtimes/verify.ts';
import { chooseUpdateTimes } from '#app/runtimes/update-times.ts';
import { watch } from '#app/runtimes/watch.ts';

export const routes: RoutesOf = ({ key }, log) => {
  const deps = { ...system, ...connectAppwrite(appwriteEnv(), key), ...connectAgents(), log };
  const { callers } = deps;
  return [
    member(contract.verifyRuntime, callers, requestVerify.bind(null, deps)),
    member(contract.startCodex, callers, openCodexLogin.bind(null, deps)),
    member(contract.codexTicket, callers, renewCodexTicket.bind(null, deps)),
    member(contract.codexDevice, callers, openDeviceLogin.bind(null, deps)),
    member(contract.refreshRuntime, callers, refresh.bind(null, deps)),
    member(contract.runSmoke, callers, requestSmoke.bind(null, deps)),
    member(contract.enterRuntime, callers, openRuntime.bind(null, deps)),
    member(contract.restartRuntime, callers, requestRestart.bind(null, deps)),
    member(contract.pauseRuntime, callers, pause.bind(null, deps)),
    member(contract.resumeRuntime, callers, resume.bind(null, deps)),
    member(contract.deleteRuntime, callers, requestDeletion.bind(null, deps)),
    member(contract.keepRuntime, callers, withdrawDeletion.bind(null, deps)),
    member(contract.restoreRuntime, callers, requestRestore.bind(null, deps)),
    member(contract.backupRuntime, callers, requestBackup.bind(null, deps)),
    member(contract.exportRuntime, callers, requestExport.bind(null, deps)),
    member(contract.importRuntime, callers, requestImport.bind(null, deps)),
    member(contract.offsiteRuntime, callers, requestOffsite.bind(null, deps)),
    member(contract.renameRuntime, callers, rename.bind(null, deps)),
    member(contract.chooseUpdateTimes, callers, chooseUpdateTimes.bind(null, deps)),
    member(contract.watchRuntime, callers, watch.bind(null, deps)),
  ];
};
