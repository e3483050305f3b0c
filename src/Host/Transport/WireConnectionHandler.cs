using Microsoft.AspNetCore.Connections;

namespace Host.Transport;

/// <summary>Ties Kestrel's listeners, TCP or Unix, to the server.</summary>
/// <param name="server">What all connections share.</param>
public sealed class WireConnectionHandler(WireServer server) : ConnectionHandler
{
    /// <inheritdoc/>
    public override Task OnConnectedAsync(ConnectionContext connection) => server.ServeAsync(connection);
}
