package dev.tallyman.simulator;

/**
 * A generated organization of exactly this size, for benchmarks.
 *
 * @param projects how many projects
 * @param keysPerProject how many API keys each project has, each of its own user
 * @param models how many models each key uses, at most 12
 * @param completionsRows how many rows an hour of completions has in the widest grouping
 * @param otherRows how many rows an hour of each other endpoint has; vector stores and code
 *     interpreter sessions have at most one row a project
 */
public record Size(
    int projects, int keysPerProject, int models, int completionsRows, int otherRows) {
  /** 200 projects of 3 keys that use 10 models; 500 rows of completions, 50 of the others. */
  public static final Size LARGE = new Size(200, 3, 10, 500, 50);

  public Size {
    if (projects < 1 || keysPerProject < 1 || models < 1 || models > World.MODELS.size()) {
      throw new IllegalArgumentException(
          "at least one project, one key and one model, at most " + World.MODELS.size());
    }
    if (completionsRows < 1 || completionsRows > projects * keysPerProject * models) {
      throw new IllegalArgumentException(
          "rows of completions are 1 to projects x keys x models: "
              + projects * keysPerProject * models);
    }
    if (otherRows < 1 || otherRows > projects * keysPerProject) {
      throw new IllegalArgumentException(
          "rows of other endpoints are 1 to projects x keys: " + projects * keysPerProject);
    }
  }
}
