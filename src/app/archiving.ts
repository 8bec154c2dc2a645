import type { Logger } from 'pino';
import type { ServiceConfig } from '../config/service-schema.ts';
import { type Clock, DAY, HOUR, SECOND } from '../lib/clock.ts';
import type { ArchiveStatus } from '../ports/service.ts';
import { Archiver } from '../store/archive/archiver.ts';

/** The archive as it runs. */
export interface Archiving {
  status(): ArchiveStatus;
  /** How old the newest instant in it may become before that is a trouble, in milliseconds. */
  readonly lateMs: number;
  /** Ends with a last round. Before the stores are closed. */
  stop(): Promise<void>;
}

/** Rounds that may fail before it is said that the archive stands still. */
const ROUNDS_PATIENCE = 3;

/** Begins the archive, where one is configured. Both stores are open by then. Resolves when its first base is written. */
export async function startArchiving(
  { archive, dataDir }: ServiceConfig,
  clock: Clock,
  logger: Logger,
): Promise<Archiving | undefined> {
  if (!archive) return undefined;
  const archiver = new Archiver(dataDir, {
    folder: archive.folder,
    baseEveryMs: archive.baseEveryHours * HOUR,
    keepMs: archive.keepDays * DAY,
  });
  let told: string | undefined;
  const round = async (): Promise<void> => {
    await archiver.round(clock.now());
    const { trouble } = archiver.status();
    if (trouble !== told) tell(logger, trouble);
    told = trouble;
  };
  await round();
  let running: Promise<void> | undefined;
  const timer = setInterval(() => {
    running ??= round().finally(() => {
      running = undefined;
    });
  }, archive.everySeconds * SECOND);
  return {
    status: () => archiver.status(),
    lateMs: archive.everySeconds * SECOND * ROUNDS_PATIENCE,
    async stop() {
      clearInterval(timer);
      await running;
      await archiver.close(clock.now());
    },
  };
}

function tell(logger: Logger, trouble: string | undefined): void {
  if (trouble === undefined) logger.info('the archive is written again');
  else
    logger.error(
      { trouble },
      'the archive cannot be written: with the disk of the data what comes now is lost',
    );
}
