package dev.tallyman.sqlite;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.sqlite.SQLiteJDBCLoader;
import org.sqlite.util.LibraryLoaderUtil;

/**
 * The part of the SQLite driver that is native code. The driver unpacks it into a temporary file at
 * each start, unless the property {@code org.sqlite.lib.path} names a folder that holds it; if that
 * folder does not, it unpacks it nevertheless.
 */
public final class NativeLibrary {
  private NativeLibrary() {}

  /**
   * Unpacks it into a folder, which is made if it is missing.
   *
   * @throws IOException if the folder cannot be written, or the driver has none for this system
   */
  public static void unpack(Path folder) throws IOException {
    String name = LibraryLoaderUtil.getNativeLibName();
    String resource = LibraryLoaderUtil.getNativeLibResourcePath() + "/" + name;
    try (InputStream packed = SQLiteJDBCLoader.class.getResourceAsStream(resource)) {
      if (packed == null) {
        throw new IOException("the SQLite driver has no " + resource);
      }
      Files.createDirectories(folder);
      Files.copy(packed, folder.resolve(name), StandardCopyOption.REPLACE_EXISTING);
    }
  }
}
