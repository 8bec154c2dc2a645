/** What becomes of a device or a home that does not stay as it was. */
export const changes = {
  'change.open': '移动、更换、停用',
  'change.title': '{device}：移动、更换、停用',
  'change.overtaken': '这台设备刚刚被别人改过，没有保存。请关闭后重新查看。',
  'change.openCases': '先处置这些事项：',
  'change.case': '查看这件事项',
  'change.back': '返回',

  'change.move': '移到别户',
  'change.moveMeans':
    '从确认这一刻起，它的数据算在新住户名下，规则在那里从头学习。以前的读数仍跟着这台设备，属于原住户：移动之前的不要当作新住户的。',
  'change.moveEnds': '它在原住户名下未结的设备问题随之结束。老人的告警尚未处置时不能移动。',
  'change.moveLast': '这是原住户的最后一台设备，移走后那里没有设备看护。',
  'change.moveTo': '移到哪一户',
  'change.moveSearch': '楼栋、房号或姓名，如 3-2-501',
  'change.moveChosen': '移到：{home}',
  'change.moveGateway': '原网关 {gateway} 不在新住户那里，没有沿用；经网关上报的设备请填新网关。',
  'change.moveNone': '没有找到住户',
  'change.moveMore': '还有更多，请写得再具体些',
  'change.moveMissing': '请先选定新住户。',
  'change.moveSubmit': '确认移动',
  'change.moved': '已移动',

  'change.replace': '换新设备',
  'change.replaceMeans':
    '登记一台新设备，挂在同一住户、同一位置；登记成功后旧设备停用。两台的读数分开保存，新设备从头学习。只换水表而设备编号不变时，请用“换表”。',
  'replace.title': '用新设备替换 {device}',
  'replace.lead':
    '型号、住户、位置和网关已按旧设备填好，请扫描或输入新设备的编码。登记后旧设备停用，读数保留。',
  'replace.sameId': '新设备要用自己的编号，不能再用 {device}。只换水表而编号不变，请用“换表”。',
  'replace.done': '已登记 {id}，旧设备 {old} 已停用，读数保留。',

  'change.stop': '停用',
  'change.stopMeans':
    '不再采用它的数据，也不再因失联报告；它看护的规则停止。能呼救的设备，呼救仍会通知。读数保留，可以恢复。',
  'change.stopSubmit': '确认停用',
  'change.stopped': '已停用',
  'change.start': '恢复使用',
  'change.startMeans': '重新采用它的数据，规则从头学习；不上报就会报告失联。',
  'change.startSubmit': '确认恢复',
  'change.started': '已恢复使用',

  'change.remove': '删除',
  'change.removeMeans':
    '设备连同它的全部读数一起删除，不能恢复（只有备份能找回）。登记错了才用；坏了请用“换新设备”，不用了请用“停用”。',
  'change.removeSubmit': '删除设备和读数',
  'change.removed': '已删除',

  'end.open': '删除住户…',
  'end.title': '删除住户：{place}',
  'end.instead':
    '老人只是搬走、住院或去世时，不必删除：请在“外出”处登记“已搬走”“已去世”等，看护暂停，历史保留；设备可先移到别户或停用。',
  'end.what': '删除后，这些立即消失，不能恢复（只有备份能找回）：',
  'end.people': '{residents} 位老人、{contacts} 位联系人的登记',
  'end.devices': '{n} 台设备和它们的全部读数',
  'end.devicesHint': '还要用的设备，请先移到别户：',
  'end.links': '家属和老人的个人链接立即失效；走访记录一并删除',
  'end.stays': '已销号的事项和通知作为处置记录保留到期满（一般三年）。备份和导出文件里的，要另行删除。',
  'end.openCases': '还有 {n} 件事项没有销号，处置并回访后才能删除：',
  'end.confirm': '确认删除，请输入房号“{name}”',
  'end.confirmWrong': '输入的不是“{name}”。',
  'end.submit': '删除住户和读数',
  'end.done': '已删除',
} as const;
