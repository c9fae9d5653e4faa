package dev.tallyman.lambda;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.crac.Context;
import org.crac.Core;
import org.crac.Resource;

/**
 * Word of the snapshots from which Lambda may start a function (SnapStart). What fails before one
 * fails the deployment of that version; what fails after one fails the start.
 */
public final class Snapshot implements Resource {
  /** Held, since the context of the JDK forgets what nobody else holds. */
  private static final List<Snapshot> REGISTERED = new CopyOnWriteArrayList<>();

  private final Runnable before;
  private final Runnable after;

  Snapshot(Runnable before, Runnable after) {
    this.before = before;
    this.after = after;
  }

  /**
   * Has something done around each snapshot, for the life of this process; where no snapshots are
   * taken it is never done.
   *
   * @param before loads what the first request will need, and lets go of sockets and secrets
   * @param after has ten seconds
   */
  public static void around(Runnable before, Runnable after) {
    var snapshot = new Snapshot(before, after);
    REGISTERED.add(snapshot);
    Core.getGlobalContext().register(snapshot);
  }

  @Override
  public void beforeCheckpoint(Context<? extends Resource> context) {
    before.run();
  }

  @Override
  public void afterRestore(Context<? extends Resource> context) {
    after.run();
  }
}
