import GRDB

/// The tables of an archive. Every table's first column names the run a row belongs to.
///
/// Released migrations are never edited; changes are appended as new ones. Small rows lie in their primary key's tree
/// (`WITHOUT ROWID`): a run's rows are then side by side, and damage elsewhere leaves them readable.
enum ArchiveSchema {
  /// `APRN` in ASCII; tells an archive from other SQLite databases.
  static let applicationID: Int32 = 0x4150_524E

  /// All tables with the column that holds the run's id, in the order in which rows are copied.
  static let tables = [
    (name: "runs", runColumn: "id"),
    (name: "rounds", runColumn: "run_id"),
    (name: "sample_tables", runColumn: "run_id"),
    (name: "sample_columns", runColumn: "run_id"),
    (name: "materials", runColumn: "run_id"),
    (name: "run_materials", runColumn: "run_id"),
  ]

  /// Files that runs share, by their contents; rows belong to no single run.
  static let sharedFiles = "material_files"

  static let migrator: DatabaseMigrator = {
    var migrator = DatabaseMigrator()
    migrator.registerMigration("v1: runs, rounds, samples, materials") { database in
      try database.execute(sql: "PRAGMA application_id = \(applicationID)")
      try database.execute(sql: runs)
      try database.execute(sql: rounds)
      try database.execute(sql: samples)
      try database.execute(sql: materials)
    }
    migrator.registerMigration("v2: materials by content") { database in
      try database.execute(sql: sharedMaterials)
    }
    migrator.registerMigration("v3: who selected, decisions in other words") { database in
      try database.execute(sql: selectionSources)
    }
    return migrator
  }()

  /// Table of runs. Columns ending in `_json` hold JSON; metrics and drops are NULL where nothing was measured. `revision` grows
  /// with every write to the run, so that merging knows the newer of two copies.
  private static let runs = """
    CREATE TABLE runs (
      id TEXT NOT NULL PRIMARY KEY,
      revision INTEGER NOT NULL,
      status TEXT NOT NULL,
      started_unix_seconds REAL NOT NULL,
      finished_unix_seconds REAL,
      writer_host TEXT NOT NULL,
      writer_process TEXT NOT NULL,
      architecture TEXT NOT NULL,
      layers_json TEXT NOT NULL,
      structure_hash TEXT NOT NULL,
      weights_hash TEXT NOT NULL,
      data_name TEXT NOT NULL,
      data_hash TEXT NOT NULL,
      train_examples INTEGER NOT NULL,
      seed TEXT NOT NULL,
      versions_json TEXT NOT NULL,
      command_line_json TEXT NOT NULL,
      importance_kind TEXT NOT NULL,
      importance_name TEXT NOT NULL,
      granularity TEXT NOT NULL,
      budget_kind TEXT NOT NULL,
      budget_value REAL NOT NULL,
      metric_name TEXT NOT NULL,
      dense_metric REAL,
      dense_parameters INTEGER NOT NULL,
      dense_nonzero INTEGER NOT NULL,
      dense_macs INTEGER NOT NULL,
      dense_sparse_macs INTEGER NOT NULL,
      dense_file_bytes INTEGER NOT NULL,
      dense_latency_seconds REAL,
      pruned_metric REAL,
      pruned_parameters INTEGER,
      pruned_nonzero INTEGER,
      pruned_macs INTEGER,
      pruned_sparse_macs INTEGER,
      pruned_file_bytes INTEGER,
      pruned_latency_seconds REAL,
      certificate_max_drop_points REAL,
      certificate_confidence REAL,
      certificate_drop_upper_bound_points REAL,
      certificate_samples INTEGER,
      certificate_regressed INTEGER,
      certificate_recovered INTEGER,
      wall_seconds REAL,
      evaluations INTEGER,
      epochs REAL,
      message TEXT
    ) STRICT, WITHOUT ROWID;
    """

  private static let rounds = """
    CREATE TABLE rounds (
      run_id TEXT NOT NULL REFERENCES runs (id),
      round_index INTEGER NOT NULL,
      density_before REAL NOT NULL,
      density_after REAL NOT NULL,
      decision TEXT NOT NULL,
      metric REAL,
      drop_points REAL,
      drop_upper_bound_points REAL,
      wall_seconds REAL NOT NULL,
      epochs REAL NOT NULL,
      layer_densities_json TEXT NOT NULL,
      PRIMARY KEY (run_id, round_index)
    ) STRICT, WITHOUT ROWID;
    """

  /// `zlib_float32` holds `row_count` little-endian IEEE 754 binary32 numbers as a zlib stream; `crc32` is that of
  /// the bytes before compression.
  private static let samples = """
    CREATE TABLE sample_tables (
      run_id TEXT NOT NULL REFERENCES runs (id),
      position INTEGER NOT NULL,
      kind TEXT NOT NULL,
      round_index INTEGER,
      feature_version INTEGER NOT NULL,
      row_count INTEGER NOT NULL,
      PRIMARY KEY (run_id, position)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE sample_columns (
      run_id TEXT NOT NULL,
      table_position INTEGER NOT NULL,
      position INTEGER NOT NULL,
      name TEXT NOT NULL,
      crc32 INTEGER NOT NULL,
      zlib_float32 BLOB NOT NULL,
      PRIMARY KEY (run_id, table_position, position),
      FOREIGN KEY (run_id, table_position) REFERENCES sample_tables (run_id, position)
    ) STRICT;
    """

  /// `file_bytes` is a whole file, `crc32` its checksum.
  private static let materials = """
    CREATE TABLE materials (
      run_id TEXT NOT NULL REFERENCES runs (id),
      kind TEXT NOT NULL,
      crc32 INTEGER NOT NULL,
      file_bytes BLOB NOT NULL,
      PRIMARY KEY (run_id, kind)
    ) STRICT;
    """

  /// `selected_by` is a description of `SelectionSource`; NULL in rounds of earlier versions.
  private static let selectionSources = """
    ALTER TABLE rounds ADD COLUMN selected_by TEXT;
    UPDATE rounds SET decision = 'rolled-back' WHERE decision = 'stepped-back';
    UPDATE rounds SET decision = 'retrained' WHERE decision = 'tuned-longer';
    """

  /// Tables of files stored once however many runs kept them. `materials` holds files kept by earlier versions.
  private static let sharedMaterials = """
    CREATE TABLE material_files (
      sha256 TEXT NOT NULL PRIMARY KEY,
      file_bytes BLOB NOT NULL
    ) STRICT;
    CREATE TABLE run_materials (
      run_id TEXT NOT NULL REFERENCES runs (id),
      kind TEXT NOT NULL,
      sha256 TEXT NOT NULL REFERENCES material_files (sha256),
      PRIMARY KEY (run_id, kind)
    ) STRICT, WITHOUT ROWID;
    """
}
