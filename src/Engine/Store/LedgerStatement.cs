using Microsoft.Data.Sqlite;

namespace Engine.Store;

/// <summary>One prepared statement; its values are given in the order in which its text first names them.</summary>
internal sealed class LedgerStatement : IDisposable
{
    private readonly SqliteCommand _command;

    /// <summary>Prepares lazily, at the first run.</summary>
    /// <param name="ledger">The connection; it outlives the statement.</param>
    /// <param name="sql">The text.</param>
    /// <param name="parameters">The parameters' names, each with its dollar sign.</param>
    public LedgerStatement(SqliteConnection ledger, string sql, params string[] parameters)
    {
        _command = ledger.CreateCommand();
        _command.CommandText = sql;
        foreach (string parameter in parameters)
        {
            _command.Parameters.Add(new SqliteParameter { ParameterName = parameter });
        }
    }

    /// <summary>Runs it.</summary>
    /// <returns>Rows inserted, updated or deleted.</returns>
    public int Run(params object?[] values) => Bind(values).ExecuteNonQuery();

    /// <summary>Runs it and gives its one value, or null where there is no row.</summary>
    public object? Scalar(params object?[] values) => Bind(values).ExecuteScalar();

    /// <summary>Runs it and reads its rows; the reader must be disposed before the statement runs again.</summary>
    public SqliteDataReader Read(params object?[] values) => Bind(values).ExecuteReader();

    public void Dispose() => _command.Dispose();

    private SqliteCommand Bind(object?[] values)
    {
        for (int i = 0; i < values.Length; i++)
        {
            _command.Parameters[i].Value = values[i] ?? DBNull.Value;
        }

        return _command;
    }
}
