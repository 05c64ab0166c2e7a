namespace Webphone.Silo.Storage.Databases;

/// <summary>
/// One writing statement. Parameters are $1, $2 … in the text, which SQLite and PostgreSQL both read; arguments are long, string or
/// null. The text is a constant, so that each store prepares it once.
/// </summary>
internal readonly record struct SqlStatement(string Text, params object?[] Arguments);
