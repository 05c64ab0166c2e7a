namespace Webphone.Silo.Settings;

/// <summary>The text of one setting and where it came from: <c>--sip-port</c>, <c>WEBPHONE_SIP_PORT</c> or <c>sip-port in webphone.json</c>.</summary>
internal sealed record SettingText(string Text, string Origin);

/// <summary>What was set, by setting name. The first source to set a name wins, so add the strongest source first.</summary>
internal sealed class SettingValues
{
    private readonly Dictionary<string, SettingText> _byName = new(StringComparer.OrdinalIgnoreCase);

    public SettingText? this[string name] => _byName.GetValueOrDefault(name);

    public void Add(string name, string text, string origin) => _byName.TryAdd(name, new SettingText(text, origin));

    /// <summary>How to name a setting in a message: as the person wrote it, or by its option when it was not set.</summary>
    public string Describe(string name) => this[name]?.Origin ?? "--" + name;
}
