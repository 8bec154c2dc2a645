/** The cookie of the console's session: random, HttpOnly, and worth nothing once it is signed out. */
export const SESSION_COOKIE = 'shouwang_session';
