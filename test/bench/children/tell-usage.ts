/** Loaded before a program with `--import`: tells what the whole process took when it ends. */
process.on('exit', () => {
  const { user, system } = process.cpuUsage();
  process.send?.({ cpuSeconds: (user + system) / 1e6, peak: process.resourceUsage().maxRSS * 1024 });
});
process.channel?.unref();
