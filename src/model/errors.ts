import type { Text } from './text.ts';

/** Expected errors with a stable code, as the API, the command line and the configuration report them. */
export const ERRORS = {
  REQUEST_INVALID: { status: 400, zh: '请求内容有误', en: 'The request does not have the expected form' },
  IDEMPOTENCY_KEY_MISSING: {
    status: 400,
    zh: '缺少 Idempotency-Key',
    en: 'The Idempotency-Key header is missing',
  },
  IDEMPOTENCY_KEY_REUSED: {
    status: 422,
    zh: '同一 Idempotency-Key 对应了不同的请求',
    en: 'This Idempotency-Key was used for another request',
  },
  IDEMPOTENCY_KEY_IN_USE: {
    status: 409,
    zh: '同一 Idempotency-Key 的请求正在处理或其结果只显示一次',
    en: 'A request with this Idempotency-Key is still running, or its answer was shown once and is gone',
  },
  NOT_SIGNED_IN: { status: 401, zh: '请先登录', en: 'Please sign in' },
  TOKEN_NOT_KNOWN: {
    status: 401,
    zh: '令牌不存在、已过期或已撤销（请求头应为 Authorization: Bearer 令牌）',
    en: 'The token is not known, has ended or was taken back (the header is Authorization: Bearer <token>)',
  },
  PUSH_NOT_KNOWN: {
    status: 401,
    zh: '推送的令牌或签名缺失或不符',
    en: 'The token or signature of the push is missing or wrong',
  },
  PUSH_GATEWAY_MISSING: {
    status: 503,
    zh: '此推送账号的网关未登记或已停用，报文未接收',
    en: 'The gateway of this push account is not enrolled, or is switched off: nothing was taken',
  },
  WRONG_CREDENTIALS: { status: 401, zh: '用户名或密码不正确', en: 'User name or password is wrong' },
  NOT_ALLOWED: { status: 403, zh: '没有权限', en: 'Your role does not allow this' },
  CROSS_ORIGIN: {
    status: 403,
    zh: '请求来自其他网站',
    en: 'The request was sent by a page of another site',
  },
  ADDRESS_UNKNOWN: {
    status: 404,
    zh: '没有这个接口地址，全部地址见 /api/v1/openapi.json',
    en: 'There is nothing at this address: /api/v1/openapi.json names all there are',
  },
  NOT_FOUND: { status: 404, zh: '未找到', en: 'Not found' },
  USER_EXISTS: { status: 409, zh: '此账号已存在', en: 'There is an account with this id already' },
  LAST_ADMINISTRATOR: {
    status: 409,
    zh: '这是最后一个全局管理员账号，无法再有人授权',
    en: 'This is the last account that could let others in',
  },
  PAYLOAD_TOO_LARGE: { status: 413, zh: '请求内容过大', en: 'The request is larger than allowed' },
  MEDIA_TYPE_UNKNOWN: { status: 415, zh: '请求内容须为 JSON', en: 'The request body must be JSON' },
  TOO_MANY_REQUESTS: { status: 429, zh: '请求过于频繁', en: 'Too many requests' },
  READINGS_AWAY: {
    status: 503,
    zh: '较早的读数在外部数据库中，暂时无法读取',
    en: 'Older readings are with a store outside that does not answer at the moment',
  },
  NOT_READY: { status: 503, zh: '服务尚未就绪', en: 'The service is not ready' },
  METHOD_NOT_ALLOWED: {
    status: 405,
    zh: '此地址不支持该方法',
    en: 'There is no such method at this address',
  },
  CASE_NOT_FOUND: {
    status: 404,
    zh: '没有这个事项，或不在您的权限范围内',
    en: 'There is no such case, or none that you may see',
  },
  CASE_ALREADY_RESOLVED: { status: 409, zh: '事项已处置', en: 'The case has been resolved already' },
  CASE_STRUCK_OFF: { status: 409, zh: '事项已销号', en: 'The case has been struck off already' },
  CASE_NOT_RESOLVED: { status: 409, zh: '事项尚未处置', en: 'The case has not been resolved yet' },
  CASE_CALL_BACK_BY_RESOLVER: {
    status: 409,
    zh: '回访须由处置人以外的人进行',
    en: 'Somebody else than the one who resolved the case has to call back',
  },
  CASE_CALL_BACK_BY_VISITOR: {
    status: 409,
    zh: '回访须由未与老人联系的人进行：您是与老人通话或见面的人',
    en: 'Somebody else than the one who spoke to or saw the person has to call back',
  },
  CASE_CALL_BACKS_WAITING: {
    status: 409,
    zh: '此处待回访的事项过多，请先完成回访',
    en: 'Too many cases of this home wait for their call-back: call back first',
  },
  CASE_ASSIGNEE_UNKNOWN: {
    status: 422,
    zh: '没有这个人，或其职责不包括此处',
    en: 'There is no such person, or this place is not theirs',
  },
  CASE_ACTION_UNFIT: {
    status: 422,
    zh: '此类事项不支持该操作',
    en: 'This is not done with cases of this kind',
  },
  CASE_PHOTOS_FULL: { status: 409, zh: '此事项的照片已达上限', en: 'The case has as many photos as it may' },
  PHOTO_INVALID: {
    status: 422,
    zh: '照片须为 JPEG、PNG 或 WebP，且不超过大小上限',
    en: 'A photo has to be JPEG, PNG or WebP, and not larger than allowed',
  },
  CASE_ALREADY_ACKNOWLEDGED: {
    status: 409,
    zh: '事项已有人接手',
    en: 'Somebody has acknowledged the case already',
  },
  CASE_NOT_TAKEN: { status: 409, zh: '事项尚无人接手', en: 'Nobody has the case' },
  CASE_NOT_YOURS: { status: 409, zh: '事项不在您手上', en: 'You do not have the case' },
  CASE_NO_STEP: {
    status: 409,
    zh: '接手以来没有可撤回的步骤',
    en: 'No step since the case was taken could be withdrawn',
  },
  CASE_VERSION_CONFLICT: { status: 409, zh: '事项已被他人更新', en: 'The case has changed since you saw it' },
  CASE_CALLED_UNKNOWN: {
    status: 422,
    zh: '请说明给谁打的电话',
    en: 'Who was called is missing, or is no contact of this home',
  },
  CASE_CONTACT_REQUIRED: {
    status: 422,
    zh: 'P1、P2 事项须写明由谁、通话还是见到老人后才能处置',
    en: 'A P1 or P2 case needs the name of who spoke to or saw the person, and which of the two',
  },
  CHANNEL_NOT_FOUND: { status: 404, zh: '没有这个通知渠道', en: 'No channel of this name is configured' },
  BODY_NOT_UTF8: {
    status: 400,
    zh: '请求正文须为 UTF-8 编码（不是 GBK），未保存',
    en: 'The body of the request must be in UTF-8 (not GBK): nothing was taken',
  },
  BODY_NOT_JSON: {
    status: 400,
    zh: '请求正文不是有效的 JSON',
    en: 'The body of the request is not valid JSON',
  },
  CASE_OUTCOME_UNSAID: {
    status: 422,
    zh: '结果为“其他”时须写明实际情况',
    en: 'The outcome "other" needs a note that says what was found',
  },
  CASE_CALL_BACK_UNSAID: {
    status: 422,
    zh: '回访结果为“不满意”时须写明原因',
    en: 'Not satisfied needs a note that says why',
  },
  POSITION_INVALID: {
    status: 422,
    zh: '位置须同时有纬度（-90 至 90）和经度（-180 至 180）',
    en: 'A position needs both a latitude (-90 to 90) and a longitude (-180 to 180)',
  },
  CASE_OUTCOME_CONTRADICTS: {
    status: 422,
    zh: '“未能联系”与“已通话或见到老人”矛盾；P1、P2 事项在联系到老人之前不能处置',
    en: 'Not reached contradicts that somebody spoke to or saw the person; a P1 or P2 stays open until somebody did',
  },
  PLACE_UNKNOWN: {
    status: 422,
    zh: '没有这个区域，请核对路径',
    en: 'There is no such place: the path may be misspelt',
  },
  HOME_NOT_FOUND: { status: 404, zh: '没有这个住户', en: 'There is no such home' },
  VISITOR_NOT_FOUND: {
    status: 404,
    zh: '此住户没有这位老人或联系人',
    en: 'There is no such resident or contact of this home',
  },
  AWAY_NOT_FOUND: {
    status: 404,
    zh: '没有这段外出登记，或它已经结束',
    en: 'There is no such period of absence, or it has ended',
  },
  AWAY_TOO_LONG: {
    status: 422,
    zh: '登记最长 90 天，最早在 90 天后开始；更长（最多 366 天）须由管理人员登记并写明原因（至少 3 个字）',
    en: 'An absence lasts 90 days at most and begins within 90 days; a longer one, of 366 days at most, takes an operator and a note that says why (3 characters at least)',
  },
  AWAY_OVER: { status: 422, zh: '结束时间已过', en: 'The period lies in the past' },
  VISIT_AHEAD: { status: 422, zh: '走访或变化的时间在将来', en: 'The visit or change lies in the future' },
  VISIT_TOO_OLD: {
    status: 422,
    zh: '走访或变化的时间过早，已超过保存期限',
    en: 'The visit or change lies so far back that it would not be kept',
  },
  VISIT_NOT_FOUND: { status: 404, zh: '没有这条走访记录', en: 'There is no such line in the visit log' },
  VISIT_RECORDED: {
    status: 409,
    zh: '同一人同一时间的走访已登记，结果不同',
    en: 'This visit is recorded already, with another result',
  },
  VISITS_INVALID: {
    status: 422,
    zh: '走访记录有误，未导入',
    en: 'The visits are not valid: none was taken over',
  },
  ROSTER_NOT_FOUND: { status: 404, zh: '没有这个值班表', en: 'There is no such roster' },
  SHIFT_NOT_FOUND: {
    status: 404,
    zh: '当天没有这个班次',
    en: 'There is no such shift on that day',
  },
  SHIFT_OVER: { status: 422, zh: '这个班次已经结束', en: 'The shift is over' },
  NOT_ON_SHIFT: { status: 409, zh: '该人员不在这个班次上', en: 'This person does not serve that shift' },
  ON_SHIFT_ALREADY: {
    status: 409,
    zh: '该人员已在这个班次上',
    en: 'This person serves that shift already',
  },
  SWAP_NOT_FOUND: { status: 404, zh: '这个班次没有调换过', en: 'Nobody swapped that shift' },
  STAFF_NOT_FOUND: { status: 404, zh: '没有这位工作人员', en: 'There is no such member of staff' },
  LEAVE_OVER: {
    status: 422,
    zh: '休假的结束时间有误或已过',
    en: 'The leave would end before it begins, or in the past',
  },
  LEAVE_NOT_FOUND: {
    status: 404,
    zh: '没有这段休假，或它已经结束',
    en: 'There is no such leave, or it has ended',
  },
  ROSTER_FULL: {
    status: 409,
    zh: '调班或休假记录已达上限',
    en: 'There is no room for more swaps or leave',
  },
  PERIOD_TOO_LONG: { status: 422, zh: '查询的时间段有误或过长', en: 'The period is empty or too long' },
  AWAY_NOT_ASKED: {
    status: 409,
    zh: '此住户没有待答复的询问，可能已有人答复',
    en: 'Nobody asks about this home: somebody may have answered',
  },
  REQUESTS_TOO_MANY: {
    status: 409,
    zh: '此住户未办结的诉求过多，请先处置',
    en: 'Too many requests of this home are open: attend to some first',
  },
  DRILL_RUNNING: { status: 409, zh: '此住户已有演练在进行', en: 'A drill is running in this home' },
  SILENCE_NOT_FOUND: {
    status: 404,
    zh: '没有这个静音，或它已结束',
    en: 'There is no such silence, or it is over',
  },
  SILENCE_UNBOUNDED: {
    status: 422,
    zh: '须写明节点、住户、规则或渠道；试运行须写明节点',
    en: 'Name a node, a home, a rule or a channel; a trial needs a node',
  },
  SILENCE_TOO_LONG: {
    status: 422,
    zh: '结束时间已过，或超过最长期限',
    en: 'It would end in the past, or last longer than allowed',
  },
  SILENCE_FULL: { status: 409, zh: '静音数量已达上限', en: 'There is no room for more silences' },
  CALL_TEST_NOT_POSSIBLE: {
    status: 422,
    zh: '此设备不会发出这种呼救，或已停用，无法测试',
    en: 'This device makes no such call, or is disabled: there is nothing to test',
  },
  CALL_TEST_RUNNING: { status: 409, zh: '此设备正在测试中', en: 'This device is being tested already' },
  CALL_TEST_HOME_IN_NEED: {
    status: 409,
    zh: '此住户有未处置完的紧急事项（P1）或呼救，不能测试',
    en: 'A P1 case or a call for help of this home is open: its devices cannot be tested now',
  },
  CALL_TEST_CALLED_LATELY: {
    status: 409,
    zh: '此住户几分钟前有过呼救，暂不能测试',
    en: 'A device of this home called for help within the last minutes: it cannot be tested yet',
  },
  CALL_TEST_CATCHING_UP: {
    status: 409,
    zh: '服务刚恢复接收，先前的呼救可能仍在途中，请稍后再测试',
    en: 'The service has only just begun to listen again, and calls of before may still arrive: test later',
  },
  CALL_TEST_NOT_FOUND: {
    status: 404,
    zh: '此设备没有正在进行的测试，或测试未收到呼叫',
    en: 'No test of this device lasts, or none was answered',
  },
  CALL_TEST_TOO_LATE: {
    status: 409,
    zh: '该呼叫已过去太久，请改用“登记求助”',
    en: 'That call was too long ago: enter that somebody asks for help instead',
  },
  DEVICE_NOT_FOUND: { status: 404, zh: '没有这台设备', en: 'There is no such device' },
  MODEL_UNKNOWN: { status: 422, zh: '没有这个设备型号', en: 'There is no such device model' },
  REGISTRY_PARENT_MISSING: { status: 422, zh: '上级不存在', en: 'What it belongs to does not exist' },
  REGISTRY_IN_USE: { status: 409, zh: '仍有下级，不能删除', en: 'Other entries still belong to it' },
  REGISTRY_OPEN_CASE: {
    status: 409,
    zh: '仍有未结的事项，不能删除',
    en: 'A case about it is not over: it cannot be removed',
  },
  REGISTRY_OPEN_CALL: {
    status: 409,
    zh: '该设备报告的老人告警尚未处置，不能停用或移到别处；请先处置事项',
    en: 'What the device told of its resident is not attended to: resolve the case before it is disabled or moved',
  },
  REGISTRY_ENTRY_CHANGED: {
    status: 412,
    zh: '登记内容已被他人更改，未保存',
    en: 'The entry has changed since you saw it: nothing was saved',
  },
  REGISTRY_ENTRY_EXISTS: {
    status: 412,
    zh: '已有同一编号的登记，未保存',
    en: 'There is an entry with this key already: nothing was saved',
  },
  REGISTRY_IMPORTING: {
    status: 409,
    zh: '正在导入名单，导入完成前不能改动登记，请稍后再试',
    en: 'A list is being taken over: the registry cannot be changed until that is done, try again then',
  },
  REGISTRY_IMPORT_WAITS: {
    status: 503,
    zh: '服务正在停止：下次启动后会把这份名单全部导入',
    en: 'The service stops: it takes the rest of the list over when it starts again',
  },
  REGISTRY_IMPORT_STOPPED: {
    status: 409,
    zh: '导入中途停止，只完成了一部分：请把同一文件再导入一次',
    en: 'The import stopped half way, and a part of it was taken over: import the same file once more',
  },
  REGISTRY_INVALID: { status: 422, zh: '登记内容有误', en: 'The registry entry is not valid' },
  DEVICE_REPLACED_ELSEWHERE: {
    status: 422,
    zh: '要换下的设备不在这一户，未保存',
    en: 'The device that is to be replaced is not in this home: nothing was saved',
  },
  RULES_INVALID: { status: 422, zh: '规则配置有误', en: 'The rule set is not valid' },
  PROPOSAL_GONE: {
    status: 409,
    zh: '这条建议已不成立，请刷新',
    en: 'This is not proposed any more: look again',
  },
  RULES_NOT_WRITABLE: {
    status: 409,
    zh: '规则文件无法写入，请在文件中手工添加',
    en: 'The rule file cannot be written: add it by hand',
  },
  BACKUP_FAILED: { status: 422, zh: '备份失败', en: 'The backup could not be made' },
  DISK_FULL: { status: 507, zh: '磁盘已满，无法写入', en: 'The disk is full: nothing can be written' },
  INTERNAL: { status: 500, zh: '内部错误', en: 'Internal error' },
} as const satisfies Record<string, { status: number } & Text>;

export type ErrorCode = keyof typeof ERRORS;

/** An expected error as a value. `details` goes to the reader as it is: nothing secret belongs there. */
export interface Failure {
  readonly code: ErrorCode;
  readonly details?: Readonly<Record<string, unknown>>;
}
