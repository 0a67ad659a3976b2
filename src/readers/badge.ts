// Badges: the small pictures of build state, version and coverage at the head of README files. Their alternative texts
// ("npm", "build status") are noise to a search.

const services =
  /(^|\/\/|\.)(shields\.io|badgen\.net|badge\.fury\.io|badges\.gitter\.im|travis-ci\.(org|com)|ci\.appveyor\.com|circleci\.com|codecov\.io|coveralls\.io|david-dm\.org|snyk\.io|nodei\.co|codeclimate\.com|opencollective\.com|bundlephobia\.com|packagephobia\.(com|now\.sh)|isitmaintained\.com|deepscan\.io|app\.codacy\.com|bettercodehub\.com|sonarcloud\.io|readthedocs\.(org|io)|zenodo\.org|greenkeeper\.io|saucelabs\.com|ci\.testling\.com|inch-ci\.org|gemnasium\.com|gitpod\.io|deps\.rs|pkg\.go\.dev)(\/|$)/i;
const badgePath = /badge|\/workflows\/|build-status|\/shield/i;

/** Whether the picture at `source` is a badge, told by its address alone. */
export function isBadge(source: string): boolean {
  const address = source.split(/[?#]/, 1)[0] ?? "";
  return badgePath.test(address) || services.test(address);
}
