type Environment = Readonly<Record<string, string | undefined>>;

const PREFIX = 'SHOUWANG_';
/** What changes nothing but how a demo is looked at. */
const HEEDED = /^SHOUWANG_(ADMIN_PASSWORD|ADMIN_PASSWORD_FILE|LOCALE|LOG_.*|HTTP_.*|MQTT_HOST)$/;

/**
 * The environment as a demo heeds it. A machine on which the service runs, or its container, says there where records,
 * archive and broker of real homes are: invented people must not come among them, and a demo in a folder of its own must
 * not be refused because there are no data yet.
 */
export const demoEnvironment = (env: Environment): Environment =>
  Object.fromEntries(
    Object.entries(env).filter(([variable]) => !variable.startsWith(PREFIX) || HEEDED.test(variable)),
  );
