/** Words from which a community is made up. Every combination is invented; nobody real is meant. */

export const SUB_DISTRICTS = [
  { id: 'qinghe', name: '清河街道' },
  { id: 'nanhu', name: '南湖街道' },
  { id: 'dongshan', name: '东山街道' },
  { id: 'xixi', name: '西溪街道' },
] as const;

export const COMMUNITIES = [
  { id: 'haitang', name: '海棠社区' },
  { id: 'guihua', name: '桂花社区' },
  { id: 'liuyin', name: '柳荫社区' },
  { id: 'songzhu', name: '松竹社区' },
  { id: 'meiyuan', name: '梅园社区' },
  { id: 'hehua', name: '荷花社区' },
  { id: 'yulan', name: '玉兰社区' },
  { id: 'chunhui', name: '春晖社区' },
  { id: 'qiushi', name: '秋实社区' },
  { id: 'heping', name: '和平社区' },
] as const;

export const SURNAMES = [
  ...'王李张刘陈杨黄赵周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文',
];

/** Given names of people born between the thirties and the fifties. */
export const GIVEN_NAMES = {
  female: [
    ...[
      '秀英',
      '桂兰',
      '秀兰',
      '玉兰',
      '淑珍',
      '凤英',
      '桂英',
      '玉珍',
      '素珍',
      '淑芬',
      '秀珍',
      '玉梅',
      '翠英',
      '惠珍',
    ],
    ...[
      '美华',
      '月娥',
      '金凤',
      '彩霞',
      '云芳',
      '雅琴',
      '静芬',
      '文秀',
      '爱莲',
      '瑞芝',
      '佩芳',
      '慧敏',
      '兰芬',
      '银娣',
    ],
  ],
  male: [
    ...[
      '建国',
      '志强',
      '国华',
      '德明',
      '永福',
      '福生',
      '长根',
      '文斌',
      '金生',
      '宝林',
      '树林',
      '玉山',
      '广田',
      '振华',
    ],
    ...[
      '明德',
      '世荣',
      '炳炎',
      '少云',
      '松柏',
      '家骏',
      '正清',
      '学文',
      '克勤',
      '耀宗',
      '守义',
      '维新',
      '伯年',
      '根宝',
    ],
  ],
} as const;

/** Given names of those who come: children, neighbours, staff. */
export const YOUNGER_NAMES = [
  ...[
    '敏',
    '静',
    '磊',
    '洋',
    '艳',
    '勇',
    '军',
    '杰',
    '娟',
    '涛',
    '超',
    '霞',
    '平',
    '刚',
    '晓燕',
    '海燕',
    '丽华',
    '志伟',
  ],
  ...[
    '建军',
    '雪梅',
    '春梅',
    '文博',
    '雨欣',
    '子轩',
    '佳琪',
    '浩然',
    '晓东',
    '立新',
    '婷婷',
    '志远',
    '思远',
    '国庆',
  ],
] as const;

export const RELATIONS = ['女儿', '儿子', '儿媳', '侄女', '外甥', '孙女', '妹妹', '弟弟'] as const;
