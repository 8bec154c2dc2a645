/** The English of a subject: each key of the Chinese, and no other. */
export type InEnglish<Chinese> = { readonly [K in keyof Chinese]: string };
