package dev.tallyman.cli;

/** What the command's exit codes mean; the numbers of {@code sysexits.h} where it has them. */
final class Exit {
  static final int OK = 0;

  /** Of a check: the share that is warned of is reached. */
  static final int WARN = 1;

  /** Of a check: the limit is reached. */
  static final int LIMIT = 2;

  /** Wrong arguments or configuration. */
  static final int USAGE = 64;

  /** The answer was given, but the data behind it is stale, or in a currency not asked for. */
  static final int STALE = 65;

  /** The provider, the server or the store could not be reached. */
  static final int UNREACHABLE = 69;

  /** A bug of ours. */
  static final int BUG = 70;

  /** Part of the work failed; trying again may help. */
  static final int SOME_FAILED = 75;

  /** A key or token was refused. */
  static final int AUTH = 77;

  private Exit() {}
}
