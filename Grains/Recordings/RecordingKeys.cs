using Webphone.Grains.Calls;

namespace Webphone.Grains.Recordings;

/// <summary>
/// Listens for <c>*3</c> among the keys that people press in a call: the star, and the three within <see cref="Between"/> of it with nothing in between. The keys
/// reach the other side all the same.
/// </summary>
internal sealed class RecordingKeys
{
    public static readonly TimeSpan Between = TimeSpan.FromSeconds(2);

    private readonly Dictionary<LegId, DateTimeOffset> _stars = [];

    /// <summary>Takes a key; true when it completes the code.</summary>
    public bool Press(LegId leg, char key, DateTimeOffset now)
    {
        if (key == '*')
        {
            _stars[leg] = now;
            return false;
        }
        return _stars.Remove(leg, out var star) && key == '3' && now - star <= Between;
    }
}
