package dev.tallyman.simulator;

/** How traffic rises and falls within a week, in thousandths of its peak. */
@SuppressWarnings("EnumOrdinal") // A table in memory, on the hottest path.
enum Rhythm {
  /** People at work: Monday to Friday, a dip at noon, little at night. */
  OFFICE,
  /** People at home: evenings, more at the weekend. */
  CONSUMER,
  /** Jobs that run from 01:00 to 04:00. */
  NIGHTLY,
  /** Machines: the same at any hour. */
  STEADY;

  private static final int HOURS = 168;
  // 1970-01-01 was a Thursday.
  private static final int MONDAY = 3 * 24;
  private static final int[] OFFICE_DAY = {
    2, 1, 1, 1, 2, 6, 40, 180, 520, 880, 1000, 960, 640, 780, 960, 930, 820, 560, 260, 140, 90, 50,
    20, 8
  };
  private static final int[] CONSUMER_DAY = {
    300, 190, 120, 80, 70, 90, 160, 300, 420, 480, 500, 520, 580, 560, 520, 520, 580, 680, 800, 920,
    1000, 960, 760, 500
  };

  private static final int[][] WEEKS = weeks();

  private static int[][] weeks() {
    int[][] weeks = new int[values().length][HOURS];
    for (Rhythm rhythm : values()) {
      for (int i = 0; i < HOURS; i++) {
        weeks[rhythm.ordinal()][i] = at(rhythm, i / 24 >= 5, i % 24);
      }
    }
    return weeks;
  }

  private static int at(Rhythm rhythm, boolean weekend, int hour) {
    return switch (rhythm) {
      case OFFICE -> weekend ? OFFICE_DAY[hour] / 9 : OFFICE_DAY[hour];
      case CONSUMER -> weekend ? CONSUMER_DAY[hour] : CONSUMER_DAY[hour] * 4 / 5;
      case NIGHTLY -> hour >= 1 && hour < 4 ? 1000 : 0;
      case STEADY -> 1000;
    };
  }

  /**
   * Thousandths of the peak in an hour.
   *
   * @param hour counted from 1970-01-01T00:00Z, shifted to where the people live
   */
  int at(long hour) {
    return WEEKS[ordinal()][Math.floorMod(hour + MONDAY, HOURS)];
  }
}
