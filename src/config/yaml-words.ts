import { firstOf, type Line } from './problem-lines.ts';

/** What the YAML library says of a text that it cannot read, in Chinese: slips that happen to people who write such files. */
const LINES: readonly Line[] = [
  [/^Missing closing (["'])quote/, (sign) => `缺少结束的引号 ${sign}`],
  [
    /^Nested mappings are not allowed in compact mappings/,
    () => '同一行里不能再写一层“键: 值”；值中含冒号时请加引号',
  ],
  [/^Implicit keys need to be on a single line/, () => '键须写在一行之内；前一行是否缺少冒号或引号？'],
  [/^Implicit keys of flow sequence pairs need/, () => '键须写在一行之内'],
  [/^Implicit map keys need to be followed by map values/, () => '键之后缺少冒号和值'],
  [/^A block sequence may not be used as an implicit map key/, () => '列表不能作为键；是否缺少缩进？'],
  [/^All (mapping|sequence|collection) items must start at the same column/, () => '同一层的各项须对齐'],
  [/^Tabs are not allowed as indentation/, () => '缩进须用空格，不能用制表符'],
  [/^Sequence item without - indicator/, () => '列表项缺少 -'],
  [/^Missing , (?:or : )?between flow (map|sequence) items/, () => '花括号或方括号内的各项之间缺少逗号'],
  [/^Missing space after :/, () => '冒号之后缺少空格'],
  [/^Comments must be separated from other tokens/, () => '# 之前须有空格'],
  [/^Flow (map|sequence).* must .*end with a ([\]}])/, (_kind, sign) => `缺少结束的 ${sign}`],
  [/^Flow (map|sequence) in block collection must be sufficiently indented/, () => '括号内的后续各行须缩进'],
  [/^Flow end indicator should be more indented/, () => '结束的括号须比上一层多缩进'],
  [/^(?:Expected flow (map|sequence) to end with|Unexpected end of flow)/, () => '括号没有结束'],
  [/^Block collections are not allowed within flow collections/, () => '括号内不能分行写列表或键值'],
  [/^Plain value cannot start with a tab character/, () => '值不能以制表符开头'],
  [/^(?:Plain value|Block scalar) cannot start with .*?(\S+)$/s, (sign) => `值不能以 ${sign} 开头；请加引号`],
  [/^Map comment with trailing content/, () => '键和冒号不能隔着注释'],
  [/^Unexpected block-seq-ind on same line with key/, () => '“键:”之后同一行不能写“- 项”；请换行'],
  [/^Alias cannot be an empty string/, () => '* 之后缺少名称；文字以 * 开头时请加引号'],
  [/^Anchor cannot be an empty string/, () => '& 之后缺少名称；文字以 & 开头时请加引号'],
  [/^(?:Alias|Anchor) ending in : is ambiguous/, () => '名称与冒号之间须有空格'],
  [/^Anchor must not contain whitespace or control characters/, () => '& 之后的名称中不能有空格或控制字符'],
  [/^An alias node must not specify any properties/, () => '*名称 之前不能再写 & 或 !'],
  [/^Anchors and tags must be after the (.*) indicator/s, (sign) => `&名称 和 !标签 须写在 ${sign} 之后`],
  [
    /^A node can have at most one (anchor|tag)/,
    (what) => `一个值只能有一个${what === 'tag' ? '!标签' : '&名称'}`,
  ],
  [/^Tags and anchors must be separated from the next token/, () => '!标签 和 &名称 之后须有空格'],
  [/^Missing newline after block sequence props/, () => '!标签 或 &名称 之后须换行，再写列表'],
  [/^The : indicator must be at most 1024 chars/, () => '键过长；是否缺少冒号或引号？'],
  [/^Block collection cannot start on same line with directives-end/, () => '--- 之后须换行'],
  [/^Missing directives-end/, () => '以 % 开头的行之后缺少 ---'],
  [/^(?:Block scalar header|Unexpected token in block scalar header)/, () => '| 或 > 之后同一行不能再写内容'],
  [
    /^Block scalar (?:values in collections must be indented|lines must not be)/,
    () => '| 或 > 之后的各行须缩进',
  ],
  [/^Block scalars with more-indented leading empty lines/, () => '| 或 > 之后开头的空行缩进过多'],
  [
    /^(?:Could not resolve tag|Not a valid tag|Verbatim tags|The .* tag has no suffix|.* used for .* collection)/s,
    () => '标签（!…）不能用在这里',
  ],
  [
    /^(?:Expected a (?:mapping|sequence) for this tag|Set items must|Each pair must have its own)/,
    () => '标签（!…）与所写内容不符',
  ],
  [/^Ordered maps must not include duplicate keys/, () => '同一个键写了两次'],
  [/^Invalid escape sequence (.*)$/s, (sign) => `双引号中不能写 ${sign}；请改用单引号`],
  [/^Unresolved alias .*?: (.*)$/s, (name) => `没有名为 ${name} 的锚点`],
  [/^Unresolved tag: (.*)$/s, (tag) => `不认识的标签 ${tag}`],
  [/^Unexpected , in flow/, () => '多了一个逗号'],
  [/^Unexpected empty item in flow/, () => '括号内有一项是空的'],
  [/^Unexpected (.*?)(?: token| at node end| in .*)?$/s, (what) => `此处不应有 ${SIGNS[what ?? ''] ?? what}`],
  [/^Source contains multiple documents/, () => '文件中有多份文档（---），只能有一份'],
];

const SIGNS: Readonly<Record<string, string>> = {
  scalar: '文字',
  'double-quoted-scalar': '带引号的文字',
  'single-quoted-scalar': '带引号的文字',
  'flow-seq-end': ']',
  'flow-map-end': '}',
  'block-map': '键和值',
  'block-seq': '列表',
  'map-value-ind': '冒号',
  'doc-end': '文档结束标记',
};

/** What no line here knows stays as the library says it. */
export const yamlIn = (words: string): string => firstOf(LINES, words) ?? words;
