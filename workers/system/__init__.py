"""Processes, process trees and whole files, as the operating system has them. Any process and thread."""
