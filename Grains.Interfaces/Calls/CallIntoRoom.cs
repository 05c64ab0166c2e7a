using Webphone.Grains.Rooms;

namespace Webphone.Grains.Calls;

/// <summary>A room asks for a call to a person.</summary>
/// <param name="Extension">Whom to call; empty for somebody outside.</param>
/// <param name="ByExtension">The member who asked for them.</param>
/// <param name="By">The same, as the one who is called sees them.</param>
/// <param name="Room">Where they come in.</param>
/// <param name="Outside">The number to call outside; null for a user.</param>
[GenerateSerializer, Immutable]
public sealed record CallIntoRoom(string Extension, string ByExtension, Party By, RoomTicket Room, string? Outside = null);
