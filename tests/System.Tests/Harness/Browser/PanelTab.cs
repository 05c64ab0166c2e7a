namespace Webphone.System.Tests.Harness.Browser;

/// <summary>The tabs of the app's side panel, in their order.</summary>
public enum PanelTab
{
    Directory = 1,
    Keys,
    Park,
    Recent,
}
