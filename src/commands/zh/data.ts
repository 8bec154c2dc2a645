/** `backup`, `restore`, `migrate-records`, `export`, `import`, `import-history`, `import-readings`, `import-visits`. */
export default {
  'write a verified copy of the data into a new folder, also while the service runs':
    '把经过校验的数据副本写入新文件夹，服务运行时也可以',
  'the new folder; it must not exist or be empty': '新文件夹；须不存在或为空',
  'the manifest of the backup on standard output': '在标准输出写备份清单',
  'put a backup in the place of the data; the service must not run': '用备份替换数据；服务须已停止',
  'the folder that `backup` wrote, or the folder of the archive': '`backup` 写的文件夹，或归档文件夹',
  'of an archive: as it was then (RFC 3339); the last instant in it if absent':
    '归档：恢复到此时刻（RFC 3339）；不写则为归档中的最后时刻',
  'replace the data that is there now': '替换现有的数据',
  'move the records between the file in the data folder and PostgreSQL; the service must not run':
    '在数据文件夹中的文件与 PostgreSQL 之间搬迁记录；服务须已停止',
  'where they go': '搬到哪里',
  'replace what is there now': '替换那里现有的内容',
  'the rows by table on standard output': '在标准输出写各表的行数',
  'write stored readings and events into files: line protocol, CSV or Parquet':
    '把存储的读数和事件写成文件：line protocol、CSV 或 Parquet',
  'of the files': '文件格式',
  'new folder, or one with the beginning of this export': '新文件夹，或已有本次导出开头部分的文件夹',
  'a telemetry.db that no service runs on': '没有服务在使用的 telemetry.db',
  'only from this instant on (RFC 3339)': '只导出此时刻及以后（RFC 3339）',
  'only before this instant': '只导出此时刻以前',
  'only these metrics, and no events': '只导出这些指标，不含事件',
  'rows with which a file is closed, behind the device at hand': '文件达到这一行数后，写完当前设备即结束',
  'what was written, in JSON on standard output': '在标准输出以 JSON 写明写出了什么',
  'bring files of `export` (line protocol, CSV) into the store; the service must not run':
    '把 `export` 的文件（line protocol、CSV）导入存储；服务须已停止',
  'a folder that `export` wrote, or files in their order': '`export` 写的文件夹，或按顺序列出的文件',
  'what times in line protocol count': 'line protocol 中时间的单位',
  'what a server outside has and is not here is expected no more; needs no files':
    '不再等待外部服务器上有而本机没有的读数；可以不写文件',
  'what was brought in, in JSON on standard output': '在标准输出以 JSON 写明导入了什么',
  'bring a file of health documents (FHIR Observations, Open mHealth) into the running service':
    '把健康文档（FHIR Observation、Open mHealth）导入运行中的服务',
  'JSON or NDJSON': 'JSON 或 NDJSON',
  'the device in the registry that stands for them': '登记中代表这些文档的设备',
  'take only what the file says of this person, such as Patient/123':
    '只取文件中此人的内容，例如 Patient/123',
  'take over homes, people and devices from CSV or YAML': '从 CSV 或 YAML 导入住户、人员和设备',
  'Takes a registry file over into the running service: all of it or, if one line is wrong, nothing. CSV has one device a row and the columns community,grid,building,unit,home,device,model,gateway,enrolled_at, then, where wanted, room, resident, phone, contact, contact_phone, relation and more; without home the id is made of place and room; YAML is the form of config/registry.yaml. Entries are added or changed, never removed; what the file does not speak of, such as the credentials of devices, stays.':
    '把登记文件导入运行中的服务：全部导入；有一行有误则一行也不导入。CSV 每行一台设备，列为 community,grid,building,unit,home,device,model,gateway,enrolled_at，需要时再加 room、resident、phone、contact、contact_phone、relation 等；没有 home 列时按位置和房号生成住户编号；YAML 的形式同 config/registry.yaml。只添加或修改，从不删除；文件没有提到的内容（如设备的密码）保持不变。',
  'a file that ends in .csv, .tsv, .txt, .yaml or .yml': '以 .csv、.tsv、.txt、.yaml 或 .yml 结尾的文件',
  'only say what would change': '只说明会改变什么',
  'only say what would change: it needs the service as well, and ends with 1 where none runs':
    '只说明会改变什么：同样需要服务在运行，没有运行时以 1 结束',
  'take over visits that were logged elsewhere from CSV': '从 CSV 导入在别处登记的走访',
  'Takes visits over into the running service: all of them or, if one line is wrong, none. One visit a line, with the columns home,at,by,result and, where wanted, note; a result is seen, spoken or not-met. A visit that is there already, by home, instant and person, is passed over: the same file twice changes nothing. Visits count from when they were made, whenever they are taken over.':
    '把走访导入运行中的服务：全部导入；有一行有误则一行也不导入。每行一次走访，列为 home,at,by,result（住户、时间、走访人、结果），需要时加 note（备注）；结果为 seen（见到本人）、spoken（通话或隔门交谈）、not-met（未见到）。住户、时间、走访人都相同的走访已有则跳过：同一文件导入两次不会改变任何内容。走访按实际时间计算，与何时导入无关。',
  'enrol a device in the place of another, which is stopped': '登记新设备替换旧设备，旧设备停用',
  'Enrols a device with the home, place, gateway, wearer and settings of another and stops that one, whose readings stay: both or neither. Where only the meter is another and the id is the same, register an exchange instead.':
    '按旧设备的住户、位置、网关、佩戴者和参数登记一台新设备，同时停用旧设备（读数保留）：两项一起完成，或都不做。只换水表而编号不变的，请登记“换表”。',
  'id of the device that is taken away': '换下的设备编号',
  'id of the one that comes': '换上的设备编号',
  'its model, where that is another': '新设备的型号，与旧设备不同时才写',
  'how it is called outside, such as deveui:70b3d59bd0000001': '设备地址，如 deveui:70b3d59bd0000001',
  'key=value; key=value, over those of the old one; its key is not taken over':
    '设备参数：键=值; 键=值，其余沿用旧设备；旧设备的密钥（key）不沿用',
  'a file that ends in .csv, .tsv or .txt': '以 .csv、.tsv 或 .txt 结尾的文件',
  'of times without an offset': '未写时差的时间所用的时区',
} satisfies Record<string, string>;
