/** 고객에게 보내는 안내 메일의 한국어 문장. */
import type { Proof } from '#schemas/contract/deletion.ts';
import type { AutopayStopReason, WorkspaceRole } from '#schemas/contract/vocabulary.ts';
import type { LetterFrame } from './letter.ts';

const roles: Readonly<Record<WorkspaceRole, string>> = {
  owner: '소유자',
  member: '멤버',
  billing: '결제 담당',
};

const stopped: Readonly<Record<AutopayStopReason, string>> = {
  member: '런타임의 이용 기간 페이지에서 자동 연장을 멈추셨습니다.',
  paid_by_hand: '직접 연장 결제를 하셔서 자동 연장을 끝냈습니다.',
  plan_changed: '요금제와 금액이 바뀌어 자동 연장을 끝냈습니다.',
  paused: '런타임을 일시 정지하셔서 자동 연장을 끝냈습니다.',
  suspended: '운영자가 런타임을 정지하여 자동 연장을 끝냈습니다.',
  refunded: '결제 금액을 돌려드려 자동 연장을 끝냈습니다.',
  runtime_deleted: '런타임이 삭제되어 자동 연장을 끝냈습니다.',
  missed: '자동 결제가 두 번 이어서 확인되지 않아 자동 연장을 끝냈습니다.',
  not_approved: '첫 결제가 제때 승인되지 않아 자동 연장이 시작되지 않았습니다.',
  not_registered: '페이앱에 등록되지 않아 자동 연장이 시작되지 않았습니다.',
};

const in_ = (days: number | null): string => (days === null ? '곧' : `${days}일 뒤`);
const toRuntime = '런타임으로 가기';
/** Of what is stopped for want of a payment. */
const exportOffered =
  '결제하지 않아도 그때까지는 워크스페이스 소유자가 같은 페이지의 ‘내보내기’에서 모든 데이터를 내려받을 수 있습니다.';
const toPayment = '결제하러 가기';

/** 확인한 것까지만 말한다. */
const volumesTold = (proof: Proof): string => {
  if (proof === 'not_listed') {
    return '서버의 목록에 이 런타임의 컨테이너와 볼륨이 더는 없습니다. 백업도 그 볼륨에 있었습니다.';
  }
  if (proof === 'never_made') return '한 번도 실행된 적이 없어 지울 것이 없었습니다.';
  return proof === 'declared'
    ? '서버를 더는 확인할 수 없어, 운영 담당자가 삭제를 확인했습니다.'
    : '서버의 목록에 이 런타임의 컨테이너가 더는 없습니다. 볼륨과 백업은 같은 명령으로 지웠으며, 따로 확인할 방법은 없었습니다.';
};
const routeTold = '런타임의 주소에서도 더는 응답하지 않습니다.';

export const korean: LetterFrame = {
  letters: {
    receipt: (values, tell) => ({
      subject: `결제가 확인되었습니다: ${tell.short(values.runtimeName)}`,
      lines: [`“${values.runtimeName}” 런타임의 결제를 확인했습니다. 감사합니다.`],
      facts: [
        ['결제 금액', `${tell.won(values.amountKrw)} (부가세 포함)`],
        ['결제 내용', values.months === 0 ? '요금제 변경' : `${values.months}개월`],
        ['결제 시각', tell.at(values.paidAt)],
        ['주문 번호', values.orderId],
      ],
      link: '주문 보기',
      ...(values.receiptUrl === null
        ? {}
        : { elsewhere: { label: '페이앱 영수증', url: values.receiptUrl } }),
    }),
    ready: (values, tell) => ({
      subject: `런타임을 쓰실 수 있습니다: ${tell.short(values.runtimeName)}`,
      lines: [
        `“${values.runtimeName}” 런타임이 준비되었습니다.`,
        '연결하신 Codex 로그인으로 실제 대화가 되는 것까지 확인했습니다. 지금 바로 쓰실 수 있습니다.',
      ],
      link: toRuntime,
    }),
    renewal_due: (values, tell) => ({
      subject: `${in_(tell.daysTo(values.endsAt))} 이용 기간이 끝납니다: ${tell.short(values.runtimeName)}`,
      lines: [
        `“${values.runtimeName}” 런타임의 이용 기간이 ${tell.at(values.endsAt)}에 끝납니다.`,
        '계속 쓰시려면 그 전에 연장해 주세요. 미리 결제하셔도 남은 기간은 줄지 않습니다.',
      ],
      facts: [
        ['연장 금액', `${tell.won(values.amountKrw)} (부가세 포함)`],
        ['연장 기간', `${values.months}개월`],
      ],
      link: toPayment,
    }),
    grace: (values, tell) => ({
      subject: `이용 기간이 끝났습니다: ${tell.short(values.runtimeName)}`,
      lines: [
        `“${values.runtimeName}” 런타임의 이용 기간이 ${tell.at(values.endedAt)}에 끝났습니다.`,
        `지금은 유예 기간이라 그대로 쓰실 수 있습니다. ${tell.at(values.suspendsAt)}까지 결제가 확인되지 않으면 런타임을 멈춥니다. 멈추더라도 데이터는 바로 지우지 않습니다.`,
      ],
      facts: [['연장 금액', `${tell.won(values.amountKrw)} (부가세 포함)`]],
      link: toPayment,
    }),
    suspended: (values, tell) => ({
      subject: `런타임을 멈췄습니다: ${tell.short(values.runtimeName)}`,
      lines: [
        `유예 기간까지 결제가 확인되지 않아 “${values.runtimeName}” 런타임을 멈췄습니다. 데이터는 그대로 보관하고 있습니다.`,
        `결제하시면 멈춘 자리에서 다시 시작합니다. ${tell.at(values.deletesAt)}까지 결제가 없으면 데이터도 삭제합니다.`,
        exportOffered,
      ],
      link: toPayment,
    }),
    resumed: (values, tell) => ({
      subject: `런타임을 다시 시작했습니다: ${tell.short(values.runtimeName)}`,
      lines: [
        `결제를 확인하고 “${values.runtimeName}” 런타임을 다시 시작했습니다.`,
        `이용 기간은 ${tell.at(values.paidUntil)}까지입니다.`,
      ],
      link: toRuntime,
    }),
    deletion_warning: (values, tell) => ({
      subject: `${in_(tell.daysTo(values.deletesAt))} 데이터를 삭제합니다: ${tell.short(values.runtimeName)}`,
      lines: [
        `멈춰 있는 “${values.runtimeName}” 런타임과 그 안의 데이터를 ${tell.at(values.deletesAt)}에 삭제할 예정입니다. 삭제한 뒤에는 되돌릴 수 없습니다.`,
        '그 전에 결제하시면 데이터를 그대로 두고 다시 시작합니다.',
        exportOffered,
      ],
      link: toPayment,
    }),
    deletion_planned: (values, tell) => ({
      subject: `${in_(tell.daysTo(values.deletesAt))} 런타임을 삭제합니다: ${tell.short(values.runtimeName)}`,
      lines: [
        `워크스페이스 소유자가 “${values.runtimeName}” 런타임의 삭제를 요청했습니다. 런타임은 멈췄고 지금은 접속할 수 없습니다.`,
        `${tell.at(values.deletesAt)}까지는 소유자 누구나 삭제를 취소할 수 있고, 그러면 쓰던 그대로 다시 시작합니다. 그 뒤에는 데이터와 백업까지 모두 삭제하며 되돌릴 수 없습니다.`,
      ],
      link: '삭제 내용 보기',
    }),
    deleted: (values, tell) => ({
      subject: `런타임을 삭제했습니다: ${tell.short(values.runtimeName)}`,
      lines: [
        `“${values.runtimeName}” 런타임과 그 안의 데이터를 ${tell.at(values.deletedAt)}에 삭제했습니다.`,
        ...(values.volumes === null ? [] : [`${volumesTold(values.volumes)} ${routeTold}`]),
        '되돌릴 수 없습니다. 그동안 이용해 주셔서 감사합니다.',
      ],
      link: values.volumes === null ? '사이트로 가기' : '삭제 확인서 보기',
    }),
    login_expiring: (values, tell) => ({
      subject: `Codex 로그인이 곧 만료됩니다: ${tell.short(values.runtimeName)}`,
      lines: [
        `“${values.runtimeName}” 런타임에 연결된 Codex 로그인이 곧 만료됩니다.`,
        '만료되면 런타임이 대답하지 못합니다. 그 전에 다시 로그인해 주세요. 데이터와 설정은 그대로입니다.',
      ],
      link: '다시 로그인하기',
    }),
    login_lost: (values, tell) => ({
      subject: `Codex 로그인이 끊겼습니다: ${tell.short(values.runtimeName)}`,
      lines: [
        `“${values.runtimeName}” 런타임이 Codex 로그인을 더 쓸 수 없어 지금은 대답하지 못합니다.`,
        '다시 로그인하시면 이어서 쓰실 수 있습니다. 데이터와 설정은 그대로입니다.',
      ],
      link: '다시 로그인하기',
    }),
    copies_failing: (values, tell) => ({
      subject: `백업 사본이 버킷에 올라가지 않습니다: ${tell.short(values.runtimeName)}`,
      lines: [
        `“${values.runtimeName}” 런타임의 백업 사본이 ${tell.at(values.since)}부터 버킷에 올라가지 못하고 있습니다. 런타임 서버에는 지금도 매일 백업하지만, 서버 밖에는 새 사본이 없습니다.`,
        '대개 키가 바뀌었거나 버킷이 가득 찬 경우입니다. 런타임 관리 페이지에서 이유를 확인하고 다른 키나 버킷을 정할 수 있습니다.',
      ],
      link: '백업 보기',
    }),
    update_planned: (values, tell) => ({
      subject: `업데이트가 예정되어 있습니다: ${tell.short(values.runtimeName)}`,
      lines: [
        `${tell.at(values.at)}에 “${values.runtimeName}” 런타임을 OpenClaw ${values.version} 버전으로 업데이트합니다.`,
        values.latestAt === null
          ? '이 시간이 불편하면 런타임 페이지에서 조용한 시간을 고르거나 업데이트를 미룰 수 있습니다.'
          : `보안을 위한 업데이트라서 ${tell.at(values.latestAt)} 이후로는 미룰 수 없습니다. 그 전이라면 런타임 페이지에서 시간을 바꿀 수 있습니다.`,
        '먼저 백업하고, 업데이트한 뒤 제대로 대답하는지 확인합니다. 확인되지 않으면 지금 버전과 지금 상태로 되돌립니다. 그동안 몇 분 쓰실 수 없습니다.',
      ],
      link: toRuntime,
    }),
    update_done: (values, tell) => ({
      subject: `업데이트했습니다: ${tell.short(values.runtimeName)}`,
      lines: [
        `${tell.at(values.at)}에 “${values.runtimeName}” 런타임을 OpenClaw ${values.version} 버전으로 업데이트했고, 제대로 대답하는 것을 확인했습니다.`,
      ],
      link: toRuntime,
    }),
    update_rolled_back: (values, tell) => ({
      subject: `업데이트를 되돌렸습니다: ${tell.short(values.runtimeName)}`,
      lines: [
        `${tell.at(values.at)}에 “${values.runtimeName}” 런타임을 OpenClaw ${values.version} 버전으로 업데이트했으나 제대로 실행되지 않아, 업데이트 전의 ${values.keptVersion} 버전과 상태로 되돌렸습니다.`,
        '하실 일은 없습니다. 원인은 저희가 확인합니다.',
      ],
      link: toRuntime,
    }),
    autopay_failed: (values, tell) => ({
      subject: `자동 결제를 확인하지 못했습니다: ${tell.short(values.runtimeName)}`,
      lines: [
        values.isFirst
          ? `“${values.runtimeName}” 런타임의 자동 연장이 시작되지 않았습니다. 첫 결제를 확인하지 못해 신청을 거두었으며, 결제되는 금액은 없습니다.`
          : `“${values.runtimeName}” 런타임의 자동 결제일이 지났지만 결제를 확인하지 못했습니다. 카드 유효기간이 지났거나 승인이 거절되었을 수 있습니다.`,
        `이용 기간은 ${tell.at(values.endsAt)}까지이고 런타임은 그대로 실행됩니다. 그 뒤로도 쓰시려면 런타임의 이용 기간 페이지에서 직접 결제해 주세요.`,
        ...(values.isFirst
          ? []
          : ['카드에서 이미 결제되었다면 다시 결제하지 마시고 알려 주세요. 확인해 드리겠습니다.']),
      ],
      facts: [['금액', `${tell.won(values.amountKrw)} (부가세 포함)`]],
      link: toPayment,
    }),
    autopay_ended: (values, tell) => ({
      subject: `자동 연장이 끝났습니다: ${tell.short(values.runtimeName)}`,
      lines: [
        `${stopped[values.reason]} 이제 “${values.runtimeName}” 런타임은 자동으로 결제되지 않습니다. 혹시 결제되더라도 돌려드립니다.`,
        `이용 기간은 ${tell.at(values.endsAt)}까지이며, 끝나기 전에 알려 드리겠습니다.`,
      ],
      link: toPayment,
    }),
    member_invited: (values, tell) => ({
      subject: `“${tell.short(values.workspaceName)}” 워크스페이스에 초대되었습니다`,
      lines: [
        `“${values.workspaceName}” 워크스페이스의 소유자가 회원님을 초대했습니다.`,
        '참여하려면 초대한 분이 드린 링크를 여세요. 링크는 본인만 써야 하므로 이 메일에 넣지 않습니다. 아직 받지 못하셨다면 초대한 분에게 요청해 주세요.',
      ],
      facts: [
        ['역할', roles[values.role]],
        ['초대 기한', tell.at(values.expiresAt)],
      ],
      link: '사이트로 가기',
    }),
  },
  footer: (kind) =>
    kind === 'member_invited'
      ? 'Hosted Dedicated에서 보냈습니다. 모르는 초대라면 그냥 두셔도 됩니다. 이 메일에는 답장할 수 없습니다.'
      : 'Hosted Dedicated에서 이 런타임을 맡고 계신 분께 보냈습니다. 이 메일에는 답장할 수 없습니다.',
};
