package dev.tallyman.cli.process;

/** What the command's exit codes mean; the numbers of {@code sysexits.h} where it has them. */
public final class Exit {
  public static final int OK = 0;

  /** Of a check: the share that is warned of is reached. */
  public static final int WARN = 1;

  /** Of a check: the limit is reached. */
  public static final int LIMIT = 2;

  /** Wrong arguments or configuration. */
  public static final int USAGE = 64;

  /** The answer was given, but the data behind it is stale, or in a currency not asked for. */
  public static final int STALE = 65;

  /** The provider, the server or the store could not be reached. */
  public static final int UNREACHABLE = 69;

  /** A bug of ours. */
  public static final int BUG = 70;

  /** Part of the work failed; trying again may help. */
  public static final int SOME_FAILED = 75;

  /** A key or token was refused. */
  public static final int AUTH = 77;

  private Exit() {}
}
